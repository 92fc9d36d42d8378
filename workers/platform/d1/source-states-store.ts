import { sql } from "drizzle-orm";
import * as z from "zod";
import { ok, type Result } from "../../../shared/base/result.ts";
import type { Db } from "./open-db.ts";
import { parseStoredJson } from "./parse-stored.ts";
import { sourceStates } from "./source-states-tables.ts";
import { tryQuery } from "./try-query.ts";

/** One body as a source gave it. Addresses are kept as digests, since a configured one may carry a key. */
export interface SourceFile {
  readonly part: string;
  readonly urlSha256: string;
  readonly etag: string | null;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** The last good bodies of a source, and the last attempt. */
export interface SourceState {
  readonly source: string;
  readonly release: string;
  readonly files: readonly SourceFile[];
  readonly goodAtMs: number | null;
  readonly triedAtMs: number;
  readonly notBeforeMs: number | null;
  readonly faultKind: string | null;
  readonly faultDetail: string | null;
}

const filesSchema = z.array(
  z.object({
    part: z.string(),
    urlSha256: z.string(),
    etag: z.string().nullable(),
    sha256: z.string(),
    sizeBytes: z.number(),
  }),
);

/** Every source that was ever tried. Faults: unavailable, malformed_data. */
export async function readSourceStates(db: Db): Promise<Result<readonly SourceState[]>> {
  const rows = await tryQuery("read source states", () => db.select().from(sourceStates).orderBy(sourceStates.source));
  if (!rows.ok) return rows;
  const states: SourceState[] = [];
  for (const row of rows.value) {
    const files = parseStoredJson(filesSchema, "source files", row.files);
    if (!files.ok) return files;
    states.push({ ...row, files: files.value });
  }
  return ok(states);
}

/** Whose bodies are good as of `atMs`. An attempt that began later and ended sooner is not overwritten. */
export async function saveSourceSuccess(
  db: Db,
  state: Pick<SourceState, "source" | "release" | "files"> & { readonly atMs: number },
): Promise<Result<void>> {
  const { source, release, atMs } = state;
  const fields = { release, files: JSON.stringify(state.files), goodAtMs: atMs, triedAtMs: atMs };
  const row = { ...fields, notBeforeMs: null, faultKind: null, faultDetail: null };
  const saved = await tryQuery("save source", () =>
    db
      .insert(sourceStates)
      .values({ source, ...row })
      .onConflictDoUpdate({
        target: sourceStates.source,
        set: row,
        setWhere: sql`${sourceStates.triedAtMs} <= ${atMs}`,
      }),
  );
  return saved.ok ? ok(undefined) : saved;
}

/** An attempt that failed: the last good bodies stay. */
export async function saveSourceFailure(
  db: Db,
  failure: Pick<SourceState, "source" | "notBeforeMs"> & {
    readonly atMs: number;
    readonly faultKind: string;
    readonly faultDetail: string;
  },
): Promise<Result<void>> {
  const { source, atMs, ...fault } = failure;
  const row = { triedAtMs: atMs, ...fault };
  const saved = await tryQuery("save source failure", () =>
    db
      .insert(sourceStates)
      .values({ source, release: "", files: "[]", goodAtMs: null, ...row })
      .onConflictDoUpdate({
        target: sourceStates.source,
        set: row,
        setWhere: sql`${sourceStates.triedAtMs} <= ${atMs}`,
      }),
  );
  return saved.ok ? ok(undefined) : saved;
}
