import { expect, test } from "vitest";
import { openTestDb } from "../testing/test-database.ts";
import { unwrap } from "../testing/unwrap.ts";
import { releaseRunSlot, reserveRunSlot } from "./webhook-runs-store.ts";

test("gives a slot back, once, and lets a decision have one alone", async () => {
  const db = await openTestDb();
  const slot = { hookId: "whk_s", repository: "a/b", day: "2026-01-01", microUsd: 400_000 };
  const caps = { askedBy: "github:1", runsCap: 2, microUsdCap: 1_000_000, nowMs: 1 };
  const take = async (decisionId: string, token: string, over: Partial<typeof caps> = {}) =>
    unwrap(await reserveRunSlot(db, { ...slot, ...caps, decisionId, token, ...over }));
  expect([await take("d1", "t1"), await take("d1", "t2"), await take("d2", "t3"), await take("d3", "t4")]).toEqual([
    "reserved",
    "exists",
    "reserved",
    "refused",
  ]);
  unwrap(await releaseRunSlot(db, { ...slot, decisionId: "d1", token: "t2" }));
  expect(await take("d3", "t4")).toBe("refused");
  unwrap(await releaseRunSlot(db, { ...slot, decisionId: "d1", token: "t1" }));
  unwrap(await releaseRunSlot(db, { ...slot, decisionId: "d1", token: "t1" }));
  expect([await take("d3", "t4"), await take("d4", "t5")]).toEqual(["reserved", "refused"]);
  // A cap that is lowered below what was used refuses, and takes nothing back.
  expect(await take("d5", "t6", { runsCap: 1, microUsdCap: 1 })).toBe("refused");
});
