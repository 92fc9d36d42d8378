import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { parseCatalog } from "../../../shared/catalog/parse-catalog.ts";
import defaultCatalogue from "../../../shared/data/default-catalogue.json" with { type: "json" };
import { defaultPolicy } from "../../../shared/policy/policy.ts";
import { sampleDecision } from "../testing/sample-decision.ts";
import { openTestDb } from "../testing/test-database.ts";
import { faultOf, unwrap } from "../testing/unwrap.ts";
import { readApproval, saveApproval, saveAsker } from "./approvals-store.ts";
import { readCatalog, readCurrentCatalogVersion, saveCatalog } from "./catalog-store.ts";
import { saveDecision } from "./decisions-store.ts";
import type { Db } from "./open-db.ts";
import { readCurrentPolicy, readPolicyVersion, savePolicy } from "./policies-store.ts";
import { readLastRefresh, saveRefresh } from "./refreshes-store.ts";
import { claimRunStep } from "./run-claim-store.ts";
import { insertRunWithStep, markStepDead, readStep, settleStep, takeStaleSteps } from "./runs-store.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

describe("catalogue store", () => {
  const catalog = unwrap(parseCatalog(defaultCatalogue));

  test("reads back the whole catalogue that was saved, row for row", async () => {
    expect(unwrap(await readCurrentCatalogVersion(db))).toBe(null);
    unwrap(await saveCatalog(db, { catalog, report: { models: 1 }, createdAtMs: 5 }));
    expect(unwrap(await readCurrentCatalogVersion(db))).toBe(catalog.version);
    expect(unwrap(await readCatalog(db, { version: catalog.version }))).toEqual(catalog);
  });

  test("saves the same version again without changing it, and keeps older ones beside the current", async () => {
    unwrap(await saveCatalog(db, { catalog, report: null, createdAtMs: 6 }));
    const [first] = catalog.models;
    if (first === undefined) throw new Error("the default catalogue is empty");
    // Wide rows of three-byte characters: the chunks must stay below a bound parameter's limit in bytes.
    const models = Array.from({ length: 3_000 }, (_, i) => ({ ...first, id: `v/m${i}`, name: "漢".repeat(300) }));
    const big = { ...catalog, version: "big", models };
    unwrap(await saveCatalog(db, { catalog: big, report: null, createdAtMs: 7 }));
    expect(unwrap(await readCurrentCatalogVersion(db))).toBe("big");
    expect(unwrap(await readCatalog(db, { version: "big" }))).toEqual(big);
    expect(unwrap(await readCatalog(db, { version: catalog.version }))).toEqual(catalog);
  });

  test("calls a snapshot with a missing row malformed, and an unknown version not found", async () => {
    await env.DB.prepare("delete from catalog_models where version = 'big' and id = 'v/m7'").run();
    expect(faultOf(await readCatalog(db, { version: "big" })).kind).toBe("malformed_data");
    expect(faultOf(await readCatalog(db, { version: "none" })).kind).toBe("not_found");
  });

  test("keeps the newest heartbeat", async () => {
    expect(unwrap(await readLastRefresh(db))).toBe(null);
    const row = { outcome: "loaded", version: "big", detail: "", report: null } as const;
    unwrap(await saveRefresh(db, { ...row, id: "ref_1", atMs: 1 }));
    unwrap(await saveRefresh(db, { ...row, id: "ref_2", atMs: 2, outcome: "unchanged" }));
    expect(unwrap(await readLastRefresh(db))).toMatchObject({ id: "ref_2", outcome: "unchanged" });
  });
});

describe("policy store", () => {
  const save = (expectedVersion: number, createdBy: string) =>
    savePolicy(db, { tenantId: "t1", expectedVersion, policy: defaultPolicy, createdAtMs: 1, createdBy });

  test("keeps every version and lets one of 10 concurrent writers through", async () => {
    expect(unwrap(await readCurrentPolicy(db, { tenantId: "t1" }))).toBe(null);
    expect(unwrap(await save(0, "k"))).toEqual({ version: 1, policy: defaultPolicy });
    const all = await Promise.all(Array.from({ length: 10 }, (_, i) => save(1, `k${i}`)));
    expect(all.filter((answer) => answer.ok)).toHaveLength(1);
    expect(faultOf(await save(1, "late")).kind).toBe("conflict");
    expect(faultOf(await save(9, "ahead")).kind).toBe("conflict");
    expect(unwrap(await readCurrentPolicy(db, { tenantId: "t1" }))).toEqual({ version: 2, policy: defaultPolicy });
    expect(unwrap(await readPolicyVersion(db, { tenantId: "t1", version: 1 }))?.version).toBe(1);
    expect(unwrap(await readPolicyVersion(db, { tenantId: "t1", version: 7 }))).toBe(null);
    expect(unwrap(await readCurrentPolicy(db, { tenantId: "t2" }))).toBe(null);
  });
});

test("saveApproval() takes the first and names it to the second; a foreign decision is not found", async () => {
  unwrap(await saveDecision(db, { record: sampleDecision({ id: "dec_a" }), locks: [], nowMs: 1 }));
  const approval = { id: "apr_1", decisionId: "dec_a", tenantId: "t1", approvedBy: "k", note: null, createdAtMs: 1 };
  unwrap(await saveApproval(db, approval));
  const second = faultOf(await saveApproval(db, { ...approval, id: "apr_2" }));
  expect(second).toMatchObject({ kind: "conflict", message: expect.stringContaining("apr_1") });
  expect(faultOf(await saveApproval(db, { ...approval, tenantId: "t2" })).kind).toBe("not_found");
  expect(unwrap(await readApproval(db, { tenantId: "t1", decisionId: "dec_a" }))).toEqual(approval);
  expect(unwrap(await readApproval(db, { tenantId: "t2", decisionId: "dec_a" }))).toBe(null);
});

test("saveApproval() refuses every key that asked for the decision, by whatever way, and takes another", async () => {
  unwrap(await saveDecision(db, { record: sampleDecision({ id: "dec_asked" }), locks: [], nowMs: 1 }));
  const asker = { decisionId: "dec_asked", tenantId: "t1", keyId: "key_b" };
  unwrap(await saveAsker(db, asker));
  unwrap(await saveAsker(db, asker));
  const approval = { decisionId: "dec_asked", tenantId: "t1", note: null, createdAtMs: 1 };
  const own = faultOf(await saveApproval(db, { ...approval, id: "apr_own", approvedBy: "key_b" }));
  expect(own).toMatchObject({ kind: "forbidden" });
  expect(unwrap(await readApproval(db, { tenantId: "t1", decisionId: "dec_asked" }))).toBe(null);
  unwrap(await saveApproval(db, { ...approval, id: "apr_other", approvedBy: "key_c" }));
});

describe("run store", () => {
  const key = (runId: string) => ({ runId, stepId: "s1" });
  const insert = async (runId: string, nowMs = 1_000) =>
    unwrap(await insertRunWithStep(db, { ...key(runId), tenantId: "t1", kind: "probe", nowMs }));
  const read = async (runId: string) => unwrap(await readStep(db, { ...key(runId), tenantId: "t1" }));
  const places = { runsPerTenant: 2, stepsPerTenant: 4 };
  const claim = async (runId: string, leaseToken: string, nowMs = 1_000) =>
    unwrap(await claimRunStep(db, { ...key(runId), ...places, leaseToken, leaseMs: 30_000, nowMs })).kind;

  test("lets one of 20 claim a step, and another one after the lease ran out", async () => {
    await insert("run_1");
    const claims = await Promise.all(Array.from({ length: 20 }, (_, i) => claim("run_1", `l${i}`)));
    expect(claims.filter((kind) => kind !== "nothing")).toEqual(["probe"]);
    expect(await claim("run_1", "early", 30_999)).toBe("nothing");
    expect(await claim("run_1", "late", 31_000)).toBe("probe");
  });

  test("settles for the holder of the lease alone, once, and ends the run", async () => {
    await insert("run_2");
    await claim("run_2", "old");
    await claim("run_2", "new", 40_000);
    const settle = async (leaseToken: string) =>
      unwrap(await settleStep(db, { ...key("run_2"), leaseToken, fault: "unavailable", nowMs: 41_000 }));
    expect(await settle("old")).toBe(false);
    expect(await settle("new")).toBe(true);
    expect(await settle("new")).toBe(false);
    expect(await read("run_2")).toMatchObject({ state: "failed", faultKind: "unavailable", settledAtMs: 41_000 });
    const run = await env.DB.prepare("select state from runs where id = 'run_2'").first();
    expect(run).toEqual({ state: "failed" });
  });

  test("marks an open step dead, and leaves a settled one", async () => {
    await insert("run_3");
    const bury = async () => unwrap(await markStepDead(db, { ...key("run_3"), fault: "unavailable", nowMs: 1 }));
    expect([await bury(), await bury()]).toEqual([true, false]);
  });

  test("leaves a step under a live lease to its holder, and marks it dead once the lease has run out", async () => {
    await insert("run_7");
    await claim("run_7", "holder");
    const bury = async (nowMs: number) =>
      unwrap(await markStepDead(db, { ...key("run_7"), fault: "unavailable", nowMs }));
    expect(await bury(30_999)).toBe(false);
    expect(await read("run_7")).toMatchObject({ state: "running", settledAtMs: null });
    expect(await bury(31_000)).toBe(true);
  });

  test("hands out stale steps once a minute, oldest first, up to the limit", async () => {
    await insert("run_4", 100_000);
    await insert("run_5", 110_000);
    const take = async (nowMs: number, limit: number) => {
      const taken = unwrap(await takeStaleSteps(db, { nowMs, sentBeforeMs: nowMs - 60_000, limit }));
      return taken.map((step) => step.runId).filter((runId) => runId !== "run_1");
    };
    expect(await take(150_000, 10)).toEqual([]);
    expect(await take(175_000, 1)).toEqual(["run_4"]);
    expect(await take(176_000, 10)).toEqual(["run_5"]);
    expect(await take(177_000, 10)).toEqual([]);
  });

  test("does not show a step to another tenant", async () => {
    await insert("run_6");
    expect(faultOf(await readStep(db, { ...key("run_6"), tenantId: "t2" })).kind).toBe("not_found");
  });
});
