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
}

/** A line that could not be used: where it stands in the payload, and why. */
export interface Reject {
  readonly place: string;
  readonly reason: string;
}

/** What every parser answers: it never throws on drift, the rest of the payload is still used. */
export interface SourceParse<Row> {
  readonly rows: readonly Row[];
  readonly rejected: readonly Reject[];
}

/** Wraps a whole-payload failure: no rows, one reject that names the payload. */
export const rejectAll = (origin: SourceOrigin, reason: string): SourceParse<never> => ({
  rows: [],
  rejected: [{ place: origin.name, reason }],
});
