import type { R2Bucket } from "@cloudflare/workers-types";
import { fail, ok, type Result } from "../../shared/base/result.ts";

/** Bytes of one object; null when there is none. Faults: unavailable; malformed_data when it exceeds `limitBytes`. */
export async function readBlob(
  bucket: R2Bucket,
  { key, limitBytes }: { readonly key: string; readonly limitBytes: number },
): Promise<Result<ArrayBuffer | null>> {
  try {
    const object = await bucket.get(key);
    if (object === null) return ok(null);
    if (object.size <= limitBytes) return ok(await object.arrayBuffer());
    await object.body.cancel();
    return fail({ kind: "malformed_data", what: "stored object", detail: `${key}: ${object.size} bytes` });
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : "unknown";
    return fail({ kind: "unavailable", what: "object storage", detail });
  }
}

/** What keeping needs of a bucket. */
export interface BlobTarget {
  readonly head: (key: string) => Promise<unknown>;
  readonly put: (key: string, bytes: Uint8Array<ArrayBuffer>) => Promise<unknown>;
}

/** Keeps bytes under a key drawn from their content: an object that is there already is not written again. Fault: unavailable. */
export async function saveBlob(
  bucket: BlobTarget,
  { key, bytes }: { readonly key: string; readonly bytes: Uint8Array<ArrayBuffer> },
): Promise<Result<void>> {
  try {
    if ((await bucket.head(key)) === null) await bucket.put(key, bytes);
    return ok(undefined);
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : "unknown";
    return fail({ kind: "unavailable", what: "object storage", detail });
  }
}
