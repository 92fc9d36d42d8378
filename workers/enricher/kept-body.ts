import { fail, ok, type Result } from "../../shared/base/result.ts";
import { sha256Hex } from "../platform/crypto.ts";
import type { SourceFile } from "../platform/d1/source-states-store.ts";
import type { FetchSourceDeps } from "./fetch-source.ts";

/** Key of a raw body in object storage: by content, so that the same body is kept once. */
export const bodyKey = (sha256: string): string => `sources/${sha256}`;

/** A kept body, if it is whole. Faults: unavailable; malformed_data when it is gone or is not what was kept. */
export async function readKeptBody(
  file: Pick<SourceFile, "sha256" | "sizeBytes">,
  deps: Pick<FetchSourceDeps, "readBody">,
): Promise<Result<Uint8Array<ArrayBuffer>>> {
  const stored = await deps.readBody(file);
  if (!stored.ok) return stored;
  const bytes = new Uint8Array(stored.value ?? new ArrayBuffer(0));
  const problem = stored.value === null ? "is gone" : (await sha256Hex(bytes)) === file.sha256 ? null : "was changed";
  return problem === null ? ok(bytes) : fail({ kind: "malformed_data", what: "kept body", detail: problem });
}
