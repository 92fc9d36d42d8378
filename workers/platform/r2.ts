import type { R2Bucket } from "@cloudflare/workers-types";
import { fail, ok, type Result } from "../../shared/base/result.ts";

const toUnavailable = (what: string, thrown: unknown): Result<never> =>
  fail({ kind: "unavailable", what, detail: thrown instanceof Error ? thrown.message : "unknown" });

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
    return toUnavailable("object storage", thrown);
  }
}

/** Saves an object, over an older one of the same key. */
export async function saveBlob(
  bucket: R2Bucket,
  { key, bytes }: { readonly key: string; readonly bytes: ArrayBuffer },
): Promise<Result<void>> {
  try {
    await bucket.put(key, bytes);
    return ok(undefined);
  } catch (thrown) {
    return toUnavailable("object storage", thrown);
  }
}
