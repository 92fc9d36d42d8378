import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { openTestDb } from "../testing/test-database.ts";
import { unwrap } from "../testing/unwrap.ts";
import { runs } from "./runs-tables.ts";
import { claimThread, readThreadBehindRun, saveThread, settleThread } from "./tracker-threads-store.ts";

test("an issue whose run ended while its comment was written is behind when it is settled", async () => {
  const db = await openTestDb();
  const runId = "run_ends_meanwhile";
  const run = { tenantId: "t", kind: "single", createdAtMs: 1, updatedAtMs: 1 };
  await db.insert(runs).values({ ...run, id: runId, state: "running" });
  const named = { id: "thr_1", tenantId: "t", hookId: "whk_1", repository: "acme/shop", number: 1, runId };
  unwrap(await saveThread(db, { ...named, decisionId: "dec_1", labels: [], comment: "words", nowMs: 1 }));
  const bring = async (leaseToken: string, meanwhile: () => Promise<unknown>) => {
    const thread = unwrap(await claimThread(db, { id: "thr_1", leaseToken, leaseMs: 1_000, nowMs: 2 }));
    await meanwhile();
    // Whoever tells of the end finds the issue held, and its message is done with.
    if (thread === null) return null;
    const { id, wantedVersion: appliedVersion, runState: shownRunState } = thread;
    const reached = { appliedVersion, appliedLabels: [], commentId: 9, shownRunState };
    return unwrap(await settleThread(db, { id, leaseToken, ...reached, failure: null, notBeforeMs: 0, nowMs: 3 }));
  };
  const end = async () => {
    await db.update(runs).set({ state: "done", endedAtMs: 2 }).where(eq(runs.id, runId));
    expect(unwrap(await claimThread(db, { id: "thr_1", leaseToken: "other", leaseMs: 1, nowMs: 2 }))).toBeNull();
  };
  expect(await bring("first", end)).toEqual({ isBehind: true });
  expect(await bring("second", async () => undefined)).toEqual({ isBehind: false });
  expect(unwrap(await readThreadBehindRun(db, { runId }))).toBeNull();
});
