import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { expect, test } from "vitest";
import { QUIET } from "../scripts/host/local-database.ts";
import { saveBlob } from "../workers/platform/r2.ts";

const KEPT = { ok: true, value: undefined };

test("saveBlob() keeps bytes once under their key, and says when it cannot", async () => {
  const options = { ...QUIET, name: "blobs", compatibilityDate: "2026-10-15", modules: true, r2Buckets: ["BLOBS"] };
  const simulator = new Miniflare(convertV4MiniflareOptions({ ...options, script: "export default {}" }));
  const bucket = await simulator.getR2Bucket("BLOBS");
  const target = {
    head: (key: string) => bucket.head(key),
    put: (key: string, bytes: Uint8Array<ArrayBuffer>) => bucket.put(key, bytes),
  };
  expect(await saveBlob(target, { key: "sources/a", bytes: new Uint8Array([1, 2, 3]) })).toEqual(KEPT);
  expect(await saveBlob(target, { key: "sources/a", bytes: new Uint8Array([9]) })).toEqual(KEPT);
  const stored = await (await bucket.get("sources/a"))?.arrayBuffer();
  expect([...new Uint8Array(stored ?? new ArrayBuffer(0))]).toEqual([1, 2, 3]);
  await simulator.dispose();
  const down = { ...target, head: () => Promise.reject(new Error("down")) };
  const failed = await saveBlob(down, { key: "sources/b", bytes: new Uint8Array(1) });
  expect(failed).toMatchObject({ fault: { kind: "unavailable", detail: "down" } });
});
