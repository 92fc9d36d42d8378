import type { R2Bucket } from "@cloudflare/workers-types";
import { fail, ok, type Result } from "../../shared/base/result.ts";
import { parseStoredJson } from "./d1/parse-stored.ts";
import type { RunTexts } from "./d1/run-row.ts";
import { storedTextsSchema } from "./d1/stored-run.ts";
import { readBlob } from "./r2.ts";
import type { Sealer } from "./seal.ts";

/** Base64 of the longest answer that a call may read. */
const ARTIFACT_LIMIT_BYTES = 24 * 1024 * 1024;
const encoder = new TextEncoder();

/** Where an output lives; `name` is the attempt that made it, or `evidence`. */
export const artifactKey = ({ runId, stepId, name }: { runId: string; stepId: string; name: string }): string =>
  `${artifactPrefix(runId)}${stepId}/${name}`;

/** Everything of a run stands under this. */
export const artifactPrefix = (runId: string): string => `runs/${runId}/`;

const unavailable = (thrown: unknown): Result<never> =>
  fail({
    kind: "unavailable",
    what: "object storage",
    detail: thrown instanceof Error ? thrown.message : "unknown",
  });

/** Seals and keeps one output. `bytes` are those of the text. Fault: unavailable. */
export async function saveArtifact(
  bucket: R2Bucket,
  sealer: Sealer,
  { key, text }: { readonly key: string; readonly text: string },
): Promise<Result<{ readonly bytes: number }>> {
  const sealed = await sealer.seal({ purpose: "artifact", id: key, text });
  try {
    await bucket.put(key, sealed);
    return ok({ bytes: encoder.encode(text).length });
  } catch (thrown) {
    return unavailable(thrown);
  }
}

/** One output; null = there is none, or it was erased. Faults: unavailable, malformed_data. */
export async function readArtifact(bucket: R2Bucket, sealer: Sealer, key: string): Promise<Result<string | null>> {
  const found = await readBlob(bucket, { key, limitBytes: ARTIFACT_LIMIT_BYTES });
  if (!found.ok || found.value === null) return found.ok ? ok(null) : found;
  return sealer.open({ purpose: "artifact", id: key, sealed: new TextDecoder().decode(found.value) });
}

/** Erases every output of a run. Fault: unavailable; what was erased stays so. */
export async function eraseArtifacts(bucket: R2Bucket, runId: string): Promise<Result<void>> {
  try {
    let cursor: string | undefined;
    do {
      const page = await bucket.list({ prefix: artifactPrefix(runId), ...(cursor === undefined ? {} : { cursor }) });
      if (page.objects.length > 0) await bucket.delete(page.objects.map(({ key }) => key));
      cursor = page.truncated ? page.cursor : undefined;
    } while (cursor !== undefined);
    return ok(undefined);
  } catch (thrown) {
    return unavailable(thrown);
  }
}

export const sealRunTexts = (sealer: Sealer, runId: string, texts: RunTexts): Promise<string> =>
  sealer.seal({ purpose: "run_texts", id: runId, text: JSON.stringify(texts) });

/** Fault: malformed_data. */
export async function openRunTexts(sealer: Sealer, runId: string, sealed: string): Promise<Result<RunTexts>> {
  const opened = await sealer.open({ purpose: "run_texts", id: runId, sealed });
  return opened.ok ? parseStoredJson(storedTextsSchema, "run texts", opened.value) : opened;
}
