import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import {
  communityScoreSchema,
  ratedSchema,
  spawnScoreSchema,
  spawnStatsSchema,
} from "../../shared/contract/feedback.ts";
import { policyDocumentSchema } from "../../shared/contract/policy-document.ts";
import { sumFeedback } from "../../shared/policy/feedback.ts";
import { PARAMETERS } from "../../shared/policy/parameters.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { unwrap } from "../platform/testing/unwrap.ts";
import { readFeedback } from "./bind-feedback.ts";
import { catalog, dataOf, newCaller, serveCatalog } from "./testing/caller.ts";
import { stopAtNoon } from "./testing/stop-at-noon.ts";

beforeAll(() => serveCatalog(catalog.version, 1));

const MODEL = "anthropic/claude-opus-4.5";
const rating = (over: object = {}) => ({ model: MODEL, category: "coding", rating: 1, ...over });
const scores = z.array(spawnScoreSchema);
const community = z.array(communityScoreSchema);

async function correctionOf(tenantId: string, tags: readonly string[] = []): Promise<number | undefined> {
  const seen = unwrap(await readFeedback(await openTestDb(), { tenantId, nowMs: Date.now() }));
  return sumFeedback(seen, { category: "coding", tags }).find(({ modelId }) => modelId === MODEL)?.correction;
}

describe("POST /api/spawn-log/outcome", () => {
  it("answers in the peer's shape, strips openrouter/ and moves this tenant's picks alone", async () => {
    const { post } = await newCaller("fb-rate", "feedback");
    const body = rating({ model: `openrouter/${MODEL}`, context: "TypeScript, nextjs" });
    const answer = dataOf(ratedSchema, await post("/api/spawn-log/outcome", body));
    expect(answer).toEqual({ recorded: true, model: MODEL, category: "coding", rating: 1 });
    const moved = (await correctionOf("fb-rate")) ?? 0;
    expect(moved).toBeLessThan(0);
    expect((await correctionOf("fb-rate", ["nextjs"])) ?? 0).toBeLessThan(moved);
    expect(await correctionOf("fb-other")).toBeUndefined();
  });

  it("refuses what is no rating, no category and no model, in the peer's code", async () => {
    const { post } = await newCaller("fb-bad", "feedback");
    const bad = [
      rating({ rating: "great" }),
      rating({ rating: 6 }),
      rating({ rating: 2.5 }),
      rating({ rating: null }),
      rating({ category: "<script>" }),
      rating({ model: 5 }),
      rating({ model: "a b" }),
      { category: "coding", rating: 3 },
      [],
    ];
    for (const body of bad) {
      const answer = await post("/api/spawn-log/outcome", body);
      expect([body, answer.status, answer.body]).toMatchObject([body, 400, { error: { code: "INVALID_BODY" } }]);
    }
  });

  it("counts a repeated id once", async () => {
    const { post, get } = await newCaller("fb-twice", "feedback", "read");
    for (let i = 0; i < 3; i += 1) await post("/api/spawn-log/outcome", rating({ id: "event-1" }));
    const answer = dataOf(scores, await get("/api/spawn-log/scores?minSamples=1"));
    expect(answer).toEqual([{ model: MODEL, category: "coding", successRate: 0, total: 1 }]);
    const other = await post("/api/spawn-log/outcome", rating({ id: "event-1", rating: 5 }));
    expect(other).toMatchObject({ status: 409, body: { error: { code: "CONFLICT" } } });
  });
});

it("GET /api/spawn-log/scores holds ratings and outcomes of decisions, from three samples up", async () => {
  const { post, get, route } = await newCaller("fb-scores", "feedback", "read");
  const { id, model } = await route({ task: "add a unit test for the date parser" });
  await post("/api/outcomes", { decision_id: id, result: "success", context: ["rust"] });
  for (let i = 0; i < 2; i += 1) await post("/api/spawn-log/outcome", { model, category: "coding", rating: 1 });
  const all = dataOf(scores, await get("/api/spawn-log/scores"));
  expect(all).toEqual([{ model, category: "coding", successRate: expect.closeTo(1 / 3, 3), total: 3 }]);
  expect(dataOf(scores, await get("/api/spawn-log/scores?category=vision"))).toEqual([]);
  expect((await get("/api/spawn-log/scores?category=cars")).status).toBe(400);
});

it("GET /api/spawn-log/stats sums logs of the tenant by the catalogue's cost of a task", async () => {
  stopAtNoon();
  const { post, get } = await newCaller("fb-stats", "feedback", "read");
  const cheap = catalog.models.find(({ vendor, kind }) => vendor === "deepseek" && kind === "model");
  if (cheap === undefined) throw new Error("no cheap model");
  const log = (over: object) => post("/api/spawn-log", { model: cheap.id, category: "coding", budget: "low", ...over });
  expect((await log({ mode: "single", role: "primary", source: "api", context: "rust" })).body).toEqual({
    data: { logged: true },
  });
  await log({ mode: "cascade", role: "cascade_cheap" });
  await log({ model: "nobody/knows", mode: "plan", role: "plan_step_1" });
  expect((await log({ budget: "gold" })).body).toMatchObject({ error: { code: "INVALID_BODY" } });
  const stats = dataOf(spawnStatsSchema, await get("/api/spawn-log/stats?days=1"));
  expect(stats).toMatchObject({
    totalSpawns: 3,
    byModel: { [cheap.id]: 2, "nobody/knows": 1 },
    byCategory: { coding: 3 },
    byMode: { single: 1, cascade: 1, plan: 1 },
    cascade: { total: 1, cheapOnly: 1, withPremium: 0, escalationRate: 0 },
    unpricedSpawns: 1,
  });
  expect(stats.savings).toBeCloseTo(stats.opusCostEstimate - stats.totalEstimatedCost, 9);
  expect(stats.opusCostEstimate).toBeGreaterThan(stats.totalEstimatedCost);
  expect(stats.daily).toHaveLength(1);
  expect(stats.topModels[0]).toMatchObject({ model: cheap.id, count: 2 });
  const stranger = await newCaller("fb-stats-other", "read");
  expect(dataOf(spawnStatsSchema, await stranger.get("/api/spawn-log/stats")).totalSpawns).toBe(0);
  for (const days of ["0", "366", "x"]) expect((await get(`/api/spawn-log/stats?days=${days}`)).status).toBe(400);
});

describe("community", () => {
  it("takes a report, shows it to tenants and shifts their prior by less than the noise of an ability", async () => {
    const { post } = await newCaller("fb-com", "feedback");
    for (let i = 0; i < 12; i += 1) {
      const answer = await post("/api/community/report", rating({ instanceId: `made-up-${i}` }));
      expect(answer.body).toEqual({ data: { recorded: true } });
    }
    const { get } = await newCaller("fb-com-reader", "read");
    const shown = dataOf(community, await get("/api/community/scores?category=coding"));
    expect(shown).toContainEqual({ model: MODEL, category: "coding", totalRatings: 12, avgRating: 1, contributors: 1 });
    const shift = (await correctionOf("fb-com-reader")) ?? 0;
    expect(shift).toBeLessThan(0);
    expect(shift).toBeGreaterThan(-PARAMETERS.noiseP);
    expect(await correctionOf("fb-com")).toBeUndefined();
  });

  it("refuses a report on a model that is in no catalogue, or without an instance", async () => {
    const { post } = await newCaller("fb-com-bad", "feedback");
    for (const body of [rating({ instanceId: "i", model: "nobody/knows" }), rating()])
      expect((await post("/api/community/report", body)).body).toMatchObject({ error: { code: "INVALID_BODY" } });
  });

  it("gets a tenant's ratings and outcomes only once its policy shares them", async () => {
    const { post, get, put, route } = await newCaller("fb-share", "feedback", "read", "admin");
    const shared = async () => {
      const reader = await newCaller("fb-share-reader", "read");
      const rows = dataOf(community, await reader.get("/api/community/scores?category=vision&minRatings=1"));
      return rows.find(({ model }) => model === MODEL)?.totalRatings ?? 0;
    };
    await post("/api/spawn-log/outcome", rating({ category: "vision" }));
    expect(await shared()).toBe(0);
    const policy = dataOf(policyDocumentSchema, await get("/api/policy"));
    expect(policy.share_outcomes).toBe(false);
    await put("/api/policy", { ...policy, share_outcomes: true });
    await post("/api/spawn-log/outcome", rating({ category: "vision" }));
    expect(await shared()).toBe(1);
    const { id, model } = await route({ task: "add a unit test for the colour picker" });
    await post("/api/outcomes", { decision_id: id, result: "failure" });
    const all = dataOf(community, await get("/api/community/scores?category=coding&minRatings=1"));
    expect(all.find((row) => row.model === model)).toBeDefined();
  });
});

it("leaves a tenant's picks alone whatever is rated without a key", async () => {
  const { post } = await newCaller("anonymous", "feedback");
  for (let i = 0; i < 3; i += 1) {
    await post("/api/spawn-log/outcome", rating({ category: "research" }));
    await post("/api/community/report", rating({ category: "research", instanceId: "nobody" }));
  }
  const seen = unwrap(await readFeedback(await openTestDb(), { tenantId: "fb-keyed", nowMs: Date.now() }));
  expect(seen.filter(({ category }) => category === "research")).toEqual([]);
});

it("flips the rated model out of its own tenant's pick, and out of nobody else's", async () => {
  const own = await newCaller("fb-pick", "feedback", "read");
  const other = await newCaller("fb-pick-other", "read");
  const nobody = await newCaller("anonymous", "feedback", "read");
  const pickOf = async ({ get }: typeof own) =>
    dataOf(z.object({ id: z.string() }), await get("/api/pick?task=reasoning&budget=high")).id;
  const first = await pickOf(other);
  expect(await pickOf(own)).toBe(first);
  const bad = { model: first, category: "reasoning", rating: 1 };
  for (let i = 0; i < 3; i += 1) await nobody.post("/api/spawn-log/outcome", bad);
  for (let i = 0; i < 3; i += 1) await nobody.post("/api/community/report", { ...bad, instanceId: `i${i}` });
  expect([await pickOf(own), await pickOf(other)]).toEqual([first, first]);
  for (let i = 0; i < 12; i += 1) await own.post("/api/spawn-log/outcome", bad);
  expect(await pickOf(own)).not.toBe(first);
  expect(await pickOf(other)).toBe(first);
});
