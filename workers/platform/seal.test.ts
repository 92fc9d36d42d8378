import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import type { Db } from "./d1/open-db.ts";
import { deleteProviderKey, listProviderKeys, readProviderKey, saveProviderKey } from "./d1/provider-keys-store.ts";
import { noteRateLimit, openCircuit, readProviderState } from "./d1/provider-states-store.ts";
import { beginIdempotency, endIdempotency } from "./d1/run-idempotency-store.ts";
import { eraseArtifacts, readArtifact, saveArtifact } from "./run-artifacts.ts";
import { makeSealer, toCallbackSecret } from "./seal.ts";
import { signWebhook } from "./sign-webhook.ts";
import { openTestDb } from "./testing/test-database.ts";
import { faultOf, unwrap } from "./testing/unwrap.ts";

const SECRET = "a master secret of enough characters";
let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

describe("makeSealer()", () => {
  test("opens what it sealed, and nothing that was moved, altered or sealed for another purpose", async () => {
    const sealer = makeSealer(SECRET);
    const about = { purpose: "run_texts", id: "run_1" } as const;
    const sealed = await sealer.seal({ ...about, text: "words é" });
    expect(unwrap(await sealer.open({ ...about, sealed }))).toBe("words é");
    expect(sealed).not.toBe(await sealer.seal({ ...about, text: "words é" }));
    const altered = sealed.replace(/^./, (first) => (first === "A" ? "B" : "A"));
    for (const foreign of [
      { ...about, id: "run_2", sealed },
      { ...about, purpose: "artifact" as const, sealed },
      { ...about, sealed: altered },
      { ...about, sealed: "not base64!" },
      { ...about, sealed: "" },
    ]) {
      expect(faultOf(await sealer.open(foreign)).kind).toBe("malformed_data");
    }
    expect(faultOf(await makeSealer(`${SECRET}!`).open({ ...about, sealed })).kind).toBe("malformed_data");
    expect(() => makeSealer("short")).toThrow(RangeError);
  });
});

test("artifacts are kept sealed under their key, and erased with their run", async () => {
  const sealer = makeSealer(SECRET);
  const key = "runs/run_a/call-1/1";
  expect(unwrap(await saveArtifact(env.BLOBS, sealer, { key, text: "the answer é" }))).toEqual({ bytes: 13 });
  expect(await (await env.BLOBS.get(key))?.text()).not.toContain("answer");
  expect(unwrap(await readArtifact(env.BLOBS, sealer, key))).toBe("the answer é");
  unwrap(await eraseArtifacts(env.BLOBS, "run_a"));
  expect(unwrap(await readArtifact(env.BLOBS, sealer, key))).toBeNull();
});

test("signWebhook() signs as Standard Webhooks' own example says", async () => {
  const signed = await signWebhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", {
    messageId: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    nowMs: 1_614_265_330_000,
    body: '{"test": 2432232314}',
  });
  expect(signed["webhook-signature"]).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  expect(await toCallbackSecret(SECRET, "t1")).toMatch(/^whsec_[\w+/]{43}=$/);
  expect(await toCallbackSecret(SECRET, "t1")).not.toBe(await toCallbackSecret(SECRET, "t2"));
});

test("provider keys are listed without their secret, replaced and forgotten", async () => {
  const key = { tenantId: "t_keys", provider: "openai", sealed: "sealed-1", last4: "ab12", savedBy: "key_1", nowMs: 5 };
  unwrap(await saveProviderKey(db, key));
  unwrap(await saveProviderKey(db, { ...key, sealed: "sealed-2", last4: "cd34" }));
  const listed = unwrap(await listProviderKeys(db, { tenantId: "t_keys" }));
  expect(listed).toEqual([{ provider: "openai", last4: "cd34", savedBy: "key_1", savedAtMs: 5 }]);
  expect(unwrap(await readProviderKey(db, key))).toBe("sealed-2");
  expect(unwrap(await readProviderKey(db, { ...key, tenantId: "other" }))).toBeNull();
  expect(unwrap(await deleteProviderKey(db, key))).toBe(true);
  expect(unwrap(await deleteProviderKey(db, key))).toBe(false);
});

test("open circuits exclude a provider and recent limits make it dearer, for a while", async () => {
  const about = { tenantId: "t_states", nowMs: 1_000_000 };
  unwrap(await openCircuit(db, { ...about, provider: "openai", reason: "quota_exhausted" }));
  for (let i = 0; i < 3; i += 1) unwrap(await noteRateLimit(db, { ...about, provider: "google" }));
  const state = unwrap(await readProviderState(db, { ...about, nowMs: 1_000_001 }));
  expect(state.excluded).toEqual([{ provider: "openai", reason: "quota_exhausted" }]);
  expect(state.penalties).toMatchObject([{ provider: "google", microUsd: 30_000 }]);
  const later = unwrap(await readProviderState(db, { ...about, nowMs: 9_000_000 }));
  expect(later).toEqual({ excluded: [], penalties: [] });
});

test("an idempotency key belongs to one body and one request at a time", async () => {
  const key = { tenantId: "t_idem", endpoint: "POST /api/runs", key: "k", token: "a", fingerprint: "f" };
  expect(unwrap(await beginIdempotency(db, { ...key, nowMs: 0 })).kind).toBe("fresh");
  expect(unwrap(await beginIdempotency(db, { ...key, token: "b", nowMs: 1 })).kind).toBe("running");
  expect(unwrap(await beginIdempotency(db, { ...key, token: "b", fingerprint: "g", nowMs: 1 })).kind).toBe(
    "other_body",
  );
  expect(unwrap(await beginIdempotency(db, { ...key, token: "c", nowMs: 60_000 })).kind).toBe("fresh");
  unwrap(await endIdempotency(db, { ...key, token: "a" }));
  expect(unwrap(await beginIdempotency(db, { ...key, token: "d", nowMs: 60_001 })).kind).toBe("running");
  unwrap(await endIdempotency(db, { ...key, token: "c" }));
  expect(unwrap(await beginIdempotency(db, { ...key, token: "d", nowMs: 60_002 })).kind).toBe("fresh");
});
