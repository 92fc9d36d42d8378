import { ok, type Result } from "../../shared/base/result.ts";
import type { SeenRow } from "../../shared/catalog/carry-rows.ts";
import { sha256Hex } from "../platform/crypto.ts";
import type { SnapshotReport } from "../platform/d1/refresh-report.ts";
import { log } from "../platform/log.ts";

export interface KeptRowsDeps {
  /** An object by its key; null when it is gone. */
  readonly readObject: (key: string, limitBytes: number) => Promise<Result<ArrayBuffer | null>>;
  readonly saveObject: (key: string, bytes: Uint8Array<ArrayBuffer>) => Promise<Result<void>>;
}

/** Key of the rows that a snapshot was made from, by content. */
const rowsKey = (sha256: string): string => `rows/${sha256}`;

type RowsName = Pick<SnapshotReport, "rowsSha256" | "rowsBytes">;

/** Rows go to object storage before the snapshot that names them. Fault: unavailable. */
export async function saveRows(rows: readonly SeenRow[], deps: KeptRowsDeps): Promise<Result<RowsName>> {
  const bytes = new Uint8Array(new TextEncoder().encode(JSON.stringify(rows)));
  const rowsSha256 = await sha256Hex(bytes);
  const saved = await deps.saveObject(rowsKey(rowsSha256), bytes);
  return saved.ok ? ok({ rowsSha256, rowsBytes: bytes.length }) : saved;
}

/**
 * The rows a snapshot was made from; none for the shipped one. Rows that are gone or changed cost what they would have
 * carried over and nothing else: that is logged, and the guards see to the rest. Fault: unavailable, where storage cannot
 * be asked: rows that are only out of reach today would be lost with the snapshot that is made without them.
 */
export async function readRows(name: RowsName, deps: KeptRowsDeps): Promise<Result<readonly SeenRow[]>> {
  if (name.rowsSha256 === null) return ok([]);
  const stored = await deps.readObject(rowsKey(name.rowsSha256), name.rowsBytes);
  if (!stored.ok && stored.fault.kind === "unavailable") return stored;
  const bytes = stored.ok && stored.value !== null ? new Uint8Array(stored.value) : null;
  if (bytes !== null && (await sha256Hex(bytes)) === name.rowsSha256) {
    // By its digest it is the text that saveRows() wrote.
    return ok(JSON.parse(new TextDecoder().decode(bytes)) as readonly SeenRow[]);
  }
  log({ level: "error", event: "kept_rows_lost", detail: bytes === null ? "gone or too long" : "changed" });
  return ok([]);
}
