import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { type Caller, catalog, newCaller, serveCatalog } from "./testing/caller.ts";

beforeAll(() => serveCatalog(catalog.version, 1));

const TASK = "Fix the off-by-one in the pager and add a test";
const REJECTED = { accepted: false, source: "ci" } as const;
const rowsOf = async (decisionId: string) =>
  (await env.DB.prepare("select * from verdicts where decision_id = ? order by attempt").bind(decisionId).all())
    .results;

/** A decision whose limit has room for two attempts as they are expected, and little more. */
async function routeWithin({ route, verdict }: Caller, taskId: string) {
  const free = await route({ task: TASK, task_id: `${taskId}-free` });
  const { cost } = await verdict(free.id, REJECTED);
  const limit = cost.attempts_usd + (cost.next_usd ?? Number.NaN) + 0.000_01;
  const decision = await route({ task: TASK, task_id: taskId, max_usd: Number(limit.toFixed(6)) });
  return { decision, firstUsd: cost.attempts_usd };
}

describe("a verdict that says what its attempt cost", () => {
  it("is counted against max_usd: what was dearer than expected forbids the next, what was cheaper does not", async () => {
    const caller = await newCaller("told-costs", "read", "feedback");
    const dear = await routeWithin(caller, "dear");
    const ended = await caller.verdict(dear.decision.id, { ...REJECTED, cost_usd: dear.firstUsd + 0.01 });
    expect(ended).toMatchObject({ status: "exhausted", ended_by: "budget", next: null });
    expect(ended.cost).toMatchObject({ paid_attempts: 1, next_usd: null });
    expect(ended.cost.attempts_usd).toBeCloseTo(dear.firstUsd + 0.01, 6);
    expect(ended.reason).toContain("leaves too little of max_usd");
    expect(await rowsOf(dear.decision.id)).toMatchObject([
      { cost_micro_usd: Math.round((dear.firstUsd + 0.01) * 1e6) },
    ]);
    const cheap = await routeWithin(caller, "cheap");
    const moved = await caller.verdict(cheap.decision.id, { ...REJECTED, cost_usd: 0 });
    expect(moved).toMatchObject({ status: "next", cost: { attempts_usd: 0, paid_attempts: 1 } });
    const untold = await routeWithin(caller, "untold");
    expect(await caller.verdict(untold.decision.id, REJECTED)).toMatchObject({
      status: "next",
      cost: { paid_attempts: 0 },
    });
  });

  it("answers the same when it is repeated, whatever the repeat says of the cost, and recomputes as equal", async () => {
    const caller = await newCaller("told-again", "read", "feedback");
    const { decision, firstUsd } = await routeWithin(caller, "again");
    const said = { ...REJECTED, attempt: 0, cost_usd: firstUsd + 1 };
    const answered = await caller.verdict(decision.id, said);
    expect(await caller.verdict(decision.id, said)).toEqual(answered);
    expect(await caller.verdict(decision.id, { ...REJECTED, attempt: 0 })).toEqual(answered);
    expect(await caller.verdict(decision.id, { ...said, cost_usd: 0 })).toEqual(answered);
    expect(await rowsOf(decision.id)).toHaveLength(1);
    const { body } = await caller.post(`/api/decisions/${decision.id}/recompute`, {});
    expect(body).toMatchObject({ data: { equal: true } });
  });

  it("adds what earlier attempts cost, and changes nothing where there is no limit", async () => {
    const caller = await newCaller("told-sum", "read", "feedback");
    const { id } = await caller.route({ task: TASK, task_id: "sum" });
    const first = await caller.verdict(id, { ...REJECTED, attempt: 0, cost_usd: 3 });
    expect(first).toMatchObject({ status: "next", cost: { attempts_usd: 3, paid_attempts: 1 } });
    const second = await caller.verdict(id, { ...REJECTED, attempt: 1 });
    expect(second.cost.paid_attempts).toBe(1);
    expect(second.cost.attempts_usd).toBeCloseTo(3 + (first.cost.next_usd ?? Number.NaN), 6);
  });

  it.each([-1, 1_000_001, 1e-9, "1", Number.NaN])("is refused with the cost %j", async (cost_usd) => {
    const caller = await newCaller("told-badly", "read", "feedback");
    const { id } = await caller.route({ task: TASK });
    const { status } = await caller.post(`/api/decisions/${id}/verdict`, { ...REJECTED, cost_usd });
    expect(status).toBe(400);
  });
});

describe("the repository of a verdict", () => {
  it("is the one that the request named, unless the verdict names another", async () => {
    const caller = await newCaller("inherits", "read", "feedback");
    const context = { repository: "Octo_Corp/Shop" };
    const named = await caller.route({ task: TASK, task_id: "named", context });
    await caller.verdict(named.id, REJECTED);
    await caller.verdict(named.id, { ...REJECTED, repository: "acme/other" });
    expect(await rowsOf(named.id)).toMatchObject([{ repository: "octo_corp/shop" }, { repository: "acme/other" }]);
    const unnamed = await caller.route({ task: TASK, task_id: "unnamed" });
    await caller.verdict(unnamed.id, REJECTED);
    expect(await rowsOf(unnamed.id)).toMatchObject([{ repository: null }]);
    const { body } = await caller.get("/api/verifiers?repository=octo_corp/shop");
    expect(body).toMatchObject({ data: [{ repository: "octo_corp/shop", source: "ci", unlabelled: 1, n: 0 }] });
  });

  it.each([
    "acme",
    "_acme/shop",
    "-acme/shop",
    "acme/..",
    "acme/.",
    `${"a".repeat(40)}/shop`,
    "acme/shop/x",
    "acme/sh op",
  ])("is refused as %j", async (repository) => {
    const caller = await newCaller("odd-names", "read", "feedback");
    const { status } = await caller.post("/api/route", { task: TASK, context: { repository } });
    expect(status).toBe(400);
  });
});
