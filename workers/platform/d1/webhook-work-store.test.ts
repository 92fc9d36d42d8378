import { expect, test } from "vitest";
import { sampleDecision } from "../testing/sample-decision.ts";
import { openTestDb } from "../testing/test-database.ts";
import { unwrap } from "../testing/unwrap.ts";
import { saveDecision } from "./decisions-store.ts";
import { forgetWebhooks } from "./forget-webhooks.ts";
import { claimDelivery, keepDelivery, MOST_CLAIMS, settleDelivery, takeStaleDeliveries } from "./webhook-work-store.ts";
import { webhookDays, webhookDeliveries, webhookRuns } from "./webhooks-tables.ts";

const DAY_MS = 86_400_000;
let ids = 0;
const keyOf = (hookId: string) => {
  ids += 1;
  return { hookId, deliveryId: `d${ids}`, bodySha256: `b${ids}`, token: `dlv_${hookId}_${ids}`, work: "sealed" };
};

test("a delivery whose holder died is due again a minute later, and given up after twenty claims", async () => {
  const db = await openTestDb();
  const key = keyOf("whk_dead");
  expect(unwrap(await keepDelivery(db, { ...key, nowMs: 0 }))).toBe(true);
  let nowMs = 0;
  for (let claim = 1; claim <= MOST_CLAIMS; claim += 1) {
    expect(unwrap(await claimDelivery(db, { token: key.token, nowMs }))?.work).toBe("sealed");
    expect(unwrap(await claimDelivery(db, { token: key.token, nowMs: nowMs + 59_999 }))).toBeNull();
    expect(unwrap(await takeStaleDeliveries(db, { nowMs: nowMs + 59_999, sentBeforeMs: nowMs, limit: 9 }))).toEqual([]);
    nowMs += 60_000;
    const stale = unwrap(await takeStaleDeliveries(db, { nowMs, sentBeforeMs: nowMs, limit: 9 }));
    expect(stale).toEqual(claim < MOST_CLAIMS ? [key.token] : []);
  }
  expect(unwrap(await claimDelivery(db, { token: key.token, nowMs: nowMs + DAY_MS }))).toBeNull();
  const [row] = await db.select().from(webhookDeliveries);
  expect(row).toMatchObject({ failure: "dead_letter", work: null, isDone: true });
});

test("a delivery is kept once, by its id and by its bytes, until it has failed for good", async () => {
  const db = await openTestDb();
  const key = keyOf("whk_once");
  const keep = async (over: Partial<typeof key>) =>
    unwrap(await keepDelivery(db, { ...key, ...over, token: keyOf("whk_once").token, nowMs: 1 }));
  expect([await keep({}), await keep({}), await keep({ deliveryId: "x" }), await keep({ bodySha256: "x" })]).toEqual([
    true,
    false,
    false,
    false,
  ]);
  const [row] = (await db.select().from(webhookDeliveries)).filter(({ hookId }) => hookId === "whk_once");
  unwrap(await settleDelivery(db, { token: row?.token ?? "", end: { failure: "conflict" } }));
  expect([await keep({}), await keep({})]).toEqual([true, false]);
});

test("what is old is forgotten, a few rows at a time; the slot of an open decision and undone work stay", async () => {
  const db = await openTestDb();
  const nowMs = 400 * DAY_MS;
  await db.delete(webhookDeliveries);
  for (let i = 0; i < 7; i += 1) unwrap(await keepDelivery(db, { ...keyOf("whk_old"), nowMs: i }));
  const rows = await db.select().from(webhookDeliveries);
  for (const { token } of rows.slice(1)) unwrap(await settleDelivery(db, { token, end: "done" }));
  unwrap(await saveDecision(db, { record: sampleDecision({ id: "dec_open", tenantId: "t" }), locks: [], nowMs: 0 }));
  const run = { hookId: "whk_old", token: "t", askedBy: "a", createdAtMs: 0 };
  await db.insert(webhookRuns).values([
    { ...run, decisionId: "dec_gone" },
    { ...run, decisionId: "dec_open" },
    { ...run, decisionId: "dec_new", createdAtMs: nowMs },
  ]);
  const caps = { runs: 1, runsCap: 1, microUsd: 1, microUsdCap: 1 };
  await db.insert(webhookDays).values([
    { hookId: "whk_old", repository: "a/b", day: "1970-01-02", ...caps },
    { hookId: "whk_old", repository: "a/b", day: new Date(nowMs).toISOString().slice(0, 10), ...caps },
  ]);
  const left = async () => [
    (await db.select().from(webhookDeliveries)).length,
    (await db.select().from(webhookRuns)).length,
    (await db.select().from(webhookDays)).length,
  ];
  unwrap(await forgetWebhooks(db, { nowMs, limit: 4 }));
  expect(await left()).toEqual([3, 2, 1]);
  unwrap(await forgetWebhooks(db, { nowMs, limit: 4 }));
  expect(await left()).toEqual([1, 2, 1]);
  expect((await db.select().from(webhookRuns)).map(({ decisionId }) => decisionId).sort()).toEqual([
    "dec_new",
    "dec_open",
  ]);
});
