import { beforeAll, expect, test } from "vitest";
import { openTestDb } from "../testing/test-database.ts";
import { unwrap } from "../testing/unwrap.ts";
import type { Db } from "./open-db.ts";
import { deleteProviderKey, saveProviderKey } from "./provider-keys-store.ts";
import { openCircuit, readProviderState } from "./provider-states-store.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

test("a new key, or none, is not held to what the one before was refused for", async () => {
  const of = { tenantId: "t_keys", provider: "openrouter", nowMs: 1_000 };
  const readExcluded = async () => unwrap(await readProviderState(db, of)).excluded.map(({ provider }) => provider);
  const refuse = async () => unwrap(await openCircuit(db, { ...of, reason: "auth" }));
  await refuse();
  unwrap(await openCircuit(db, { ...of, provider: "openai", reason: "auth" }));
  expect(await readExcluded()).toEqual(["openai", "openrouter"]);
  unwrap(await saveProviderKey(db, { ...of, sealed: "sealed", last4: "1234", savedBy: "key_1" }));
  expect(await readExcluded()).toEqual(["openai"]);
  await refuse();
  expect(unwrap(await deleteProviderKey(db, of))).toBe(true);
  expect(await readExcluded()).toEqual(["openai"]);
  expect(unwrap(await deleteProviderKey(db, of))).toBe(false);
});
