import { fail, ok, type Result } from "../../base/result.ts";
import type { Effort } from "../model.ts";

/** Where a payload came from; `release` distinguishes editions whose scores are not comparable. */
export interface SourceOrigin {
  /** Name of the file or address, for reports. */
  readonly name: string;
  /** Edition of the board; part of the column key. */
  readonly release: string;
  /** ISO date of the payload. */
  readonly retrieved: string;
}

/** One score as its source states it. Names are resolved later; `value` is in the unit of the benchmark's table entry. */
export interface BenchmarkRow {
  readonly source: string;
  readonly benchmark: string;
  readonly release: string;
  readonly name: string;
  readonly value: number;
  readonly higherIsBetter: boolean;
  /** ISO date of the measurement (or of the model's release where the source gives no other), null = unknown. */
  readonly date: string | null;
  readonly stderr: number | null;
  /** Provider money per task of this benchmark in USD; null = not stated. */
  readonly costUsdPerTask: number | null;
  /** Catalogue id and effort where the source itself names them: such a row needs no resolving. */
  readonly stated?: { readonly id: string; readonly effort: Effort };
  /** Present where the source says that it estimated the score instead of measuring it. */
  readonly estimated?: true;
}

/** A line that could not be used: where it stands in the payload, and why. */
export interface Reject {
  readonly place: string;
  readonly reason: string;
}

/** What a parser makes of a payload that has the shape it should have: what it read, and line by line what it did not. */
export interface SourceParse<Row> {
  readonly rows: readonly Row[];
  readonly rejected: readonly Reject[];
}

/** A payload as a whole is of the wrong shape: the fault names the source, `detail` the place and what was wanted there. */
export const malformedSource = (origin: SourceOrigin, detail: string): Result<never> =>
  fail({ kind: "malformed_data", what: `source ${origin.name}`, detail });

/** Below this many rows the rest of a longer list may by chance hold nothing of use. */
const FEW_ROWS = 10;

/**
 * A payload of which not one line could be read has drifted: taken as an empty board it would look like a success.
 * `page` says where it is a part of a longer list, so that the few rows of its end are not taken for that.
 */
export function refuseBarren<Parse extends SourceParse<unknown>>(
  origin: SourceOrigin,
  parse: Parse,
  page?: { readonly rowCount: number; readonly totalCount: number | null },
): Result<Parse> {
  const [first] = parse.rejected;
  if (parse.rows.length > 0 || first === undefined) return ok(parse);
  if (page !== undefined && page.rowCount < FEW_ROWS && page.rowCount < (page.totalCount ?? 0)) return ok(parse);
  const count = parse.rejected.length;
  return malformedSource(origin, `${first.place}: ${first.reason}; nothing could be read (${count} rejected)`);
}

/** Names come from outside: in a report they are held to a length. */
const MAX_NAME = 80;

/** "data[3] maker/model": where in the payload, and whose entry it is as far as it says. */
export const placeOf = (path: string, name: unknown): string =>
  typeof name === "string" && name !== "" ? `${path} ${name.slice(0, MAX_NAME)}` : path;
