import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { modelSchema } from "../../shared/contract/models.ts";
import { comparedSchema, pickedSchema, recommendedSchema } from "../../shared/contract/selection.ts";
import { CATEGORY_LABELS } from "../../shared/task/labels.ts";
import { catalog, dataOf, newCaller, serveCatalog } from "./testing/caller.ts";

beforeAll(() => serveCatalog(catalog.version, 1));

const picked = z.strictObject(pickedSchema.shape);
const recommended = z.array(recommendedSchema);
const models = z.array(modelSchema);
const metaOf = (body: unknown): unknown =>
  typeof body === "object" && body !== null && "meta" in body ? body.meta : null;

/** The fields of smart-spawn's answers, with the types that its clients read. */
const PEER_MODEL = z.object({
  id: z.string(),
  name: z.string(),
  provider: z.string(),
  contextLength: z.number(),
  pricing: z.object({ prompt: z.number(), completion: z.number() }),
  capabilities: z.object({
    vision: z.boolean(),
    functionCalling: z.boolean(),
    streaming: z.literal(true),
    json: z.boolean(),
    reasoning: z.boolean(),
  }),
  categories: z.array(z.enum(CATEGORY_LABELS)),
  scores: z.record(z.string(), z.number().min(0).max(100)),
  costEfficiency: z.record(z.string(), z.number()),
  tier: z.enum(["premium", "standard", "budget"]),
  benchmarks: z.record(z.string(), z.number()),
  speed: z.record(z.string(), z.number()),
  tags: z.array(z.string()),
  lastUpdated: z.iso.datetime(),
  sourcesCovered: z.array(z.string()),
});

describe("what the peer's plugin asks", () => {
  it("single mode: /pick answers data.id, .reason, .score and .pricing", async () => {
    const { get } = await newCaller("plugin", "read");
    const answer = await get("/api/pick?task=coding&budget=medium&context=typescript%2Cnextjs");
    const data = dataOf(picked, answer);
    expect(data).toMatchObject({ budget: "medium", tier: { min: 0, max: 5 }, contextTags: ["typescript", "nextjs"] });
    expect(data.pricing.prompt).toBeLessThanOrEqual(5);
    expect(data.reason).toContain(String(data.score));
    expect(data.score).toBeCloseTo(data.benchmarkScore + (data.contextBoost ?? 0), 6);
    expect((await get("/pick?task=coding&budget=medium&context=typescript%2Cnextjs")).body).toEqual(answer.body);
  });

  it("cascade mode: cheap, then another one in the high band, no worse", async () => {
    const { get } = await newCaller("plugin", "read");
    const cheap = dataOf(picked, await get("/api/pick?task=reasoning&budget=low"));
    const dear = dataOf(
      picked,
      await get(`/api/pick?task=reasoning&budget=high&exclude=${encodeURIComponent(cheap.id)}`),
    );
    expect(dear.id).not.toBe(cheap.id);
    expect(dear.score).toBeGreaterThanOrEqual(cheap.score);
  });

  it("collective mode: /recommend answers data[].model.id and .reason, of different makers", async () => {
    const { get } = await newCaller("plugin", "read");
    const answer = await get("/api/recommend?task=creative&budget=medium&count=3");
    const data = dataOf(recommended, answer);
    expect(new Set(data.map(({ model }) => model.provider)).size).toBe(3);
    for (const { model } of data) PEER_MODEL.parse(model);
    expect(metaOf(answer.body)).toMatchObject({ task: "creative", taskRaw: "creative", budget: "medium" });
  });

  it("asks every category at every budget and gets a model", async () => {
    const { get } = await newCaller("plugin-all", "read");
    for (const category of CATEGORY_LABELS) {
      let score = 0;
      for (const budget of ["low", "medium", "high", "any"]) {
        const data = dataOf(picked, await get(`/api/pick?task=${category}&budget=${budget}`));
        expect(data.score).toBeGreaterThanOrEqual(score);
        expect(data).toMatchObject({ category, confidence: expect.any(Number) });
        score = data.score;
      }
    }
  });
});

describe("/api/pick", () => {
  it("classifies free text of any length, by GET up to 8,000 characters and by POST", async () => {
    const { get, post } = await newCaller("pick", "read");
    const task = `Why does useEffect fire twice in this component?\n${"The logs follow.\n".repeat(450)}`;
    const answer = await get(`/api/pick?task=${encodeURIComponent(task)}`);
    expect(dataOf(picked, answer).category).toBe("coding");
    expect(metaOf(answer.body)).toMatchObject({ category_from: "classifier" });
    expect((await post("/api/pick", { task })).body).toEqual(answer.body);
    const long = await post("/api/pick", { task: task.repeat(3), exclude: ["openai/*"].map(() => "openai/gpt-5.4") });
    expect(dataOf(picked, long).category).toBe("coding");
  });

  it("filters by context=vision, and by long-context ranks the widest window first", async () => {
    const { get } = await newCaller("pick", "read");
    const rows = dataOf(
      recommended,
      await get("/api/recommend?task=coding&budget=any&count=5&context=long-context,vision"),
    );
    const windows = rows.map(({ model }) => model.contextLength);
    expect(windows).toEqual([...windows].sort((a, b) => b - a));
    expect(Math.min(...windows)).toBeGreaterThanOrEqual(200_000);
    expect(rows.every(({ model }) => model.capabilities.vision)).toBe(true);
    const sees = dataOf(picked, await get("/api/pick?task=vision&budget=low"));
    expect(catalog.models.find(({ id }) => id === sees.id)?.capabilities.vision).toBe(true);
  });

  it("says which context tags it did not know", async () => {
    const { get } = await newCaller("pick", "read");
    expect(metaOf((await get("/api/pick?task=coding&context=cobol,rust")).body)).toMatchObject({
      ignored_context: ["cobol"],
    });
    const said = "next.js 15 app router with supabase behind it and stripe";
    expect(metaOf((await get(`/api/pick?task=coding&context=${encodeURIComponent(said)},react`)).body)).toMatchObject({
      ignored_context: [said],
    });
  });

  it("answers in the peer's codes", async () => {
    const { get, post } = await newCaller("pick-errors", "read");
    const codeOf = async (path: string) => {
      const { status, body } = await get(path);
      return [status, z.object({ error: z.object({ code: z.string() }) }).parse(body).error.code];
    };
    expect(await codeOf("/api/pick")).toEqual([400, "MISSING_PARAM"]);
    expect(await codeOf("/api/pick?task=coding&budget=gold")).toEqual([400, "INVALID_PARAM"]);
    expect(await codeOf("/api/pick?task=coding&minContext=99999999")).toEqual([404, "NO_MODEL"]);
    expect(await codeOf("/api/compare?models=a/b,c/d")).toEqual([404, "NOT_FOUND"]);
    expect(await codeOf("/api/compare?models=a/b")).toEqual([400, "INVALID_PARAM"]);
    expect((await post("/api/pick", { task: 7 })).status).toBe(400);
  });

  it("obeys the tenant's policy at once", async () => {
    const { get, put } = await newCaller("pick-policy", "read", "admin");
    const before = dataOf(picked, await get("/api/pick?task=coding&budget=any"));
    const policy = z.object({ data: z.record(z.string(), z.unknown()) }).parse((await get("/api/policy")).body).data;
    expect((await put("/api/policy", { ...policy, deny: [before.id] })).status).toBe(200);
    expect(dataOf(picked, await get("/api/pick?task=coding&budget=any")).id).not.toBe(before.id);
    expect((await put("/api/policy", { ...policy, budget: "low" })).status).toBe(200);
    const cheap = dataOf(picked, await get("/api/pick?task=coding&budget=any"));
    expect(cheap.pricing.prompt).toBeLessThanOrEqual(1);
    expect(cheap).toMatchObject({ budget: "any", tier: { max: 1 }, reason: expect.stringContaining("up to $1 per") });
  });
});

describe("own feedback", () => {
  it("moves the tenant's next pick, and nobody else's", async () => {
    const mine = await newCaller("pick-mine", "read", "feedback");
    const { get } = await newCaller("pick-other", "read");
    const path = "/api/pick?task=research&budget=high";
    const before = dataOf(picked, await mine.get(path));
    const body = { model: `openrouter/${before.id}`, category: "research", rating: 1 };
    for (let i = 0; i < 5; i += 1) expect((await mine.post("/spawn-log/outcome", body)).status).toBe(200);
    const after = dataOf(picked, await mine.get(path));
    expect(after.id).not.toBe(before.id);
    expect(dataOf(picked, await get(path))).toEqual(before);
    const rated = dataOf(recommended, await mine.get("/api/recommend?task=research&budget=high&count=5"));
    const own = rated.find(({ model }) => model.id === before.id);
    if (own !== undefined) expect(own).toMatchObject({ personalScore: 0, reason: expect.stringContaining("say 0 %") });
    expect(dataOf(picked, await mine.get("/api/pick?task=creative&budget=high")).personalScore).toBeNull();
  });
});

describe("/api/recommend", () => {
  it("answers an empty list where nothing fits, and filters by require and minContext", async () => {
    const { get, post } = await newCaller("recommend", "read");
    const none = await get("/api/recommend?task=coding&minContext=99999999");
    expect([none.status, dataOf(recommended, none)]).toEqual([200, []]);
    const body = {
      task: "coding",
      count: 5,
      require: ["functionCalling", "json"],
      minContext: 300_000,
      budget: "high",
    };
    for (const { model } of dataOf(recommended, await post("/api/recommend", body))) {
      expect(model.contextLength).toBeGreaterThanOrEqual(300_000);
      expect(model.capabilities).toMatchObject({ functionCalling: true, json: true });
    }
  });
});

describe("/api/models and /api/compare", () => {
  it("filter, sort and cut, one row a model", async () => {
    const { get } = await newCaller("models", "read");
    const answer = await get("/api/models?limit=500");
    const all = dataOf(models, answer);
    const proper = catalog.models.filter(({ kind }) => kind === "model");
    expect(all).toHaveLength(new Set(proper.map(({ id }) => id)).size);
    for (const row of all) PEER_MODEL.parse(row);
    expect(metaOf(answer.body)).toMatchObject({ filtered: all.length, returned: all.length, version: catalog.version });
    const cheap = dataOf(models, await get("/api/models?sort=cost&limit=5"));
    expect(cheap.every(({ pricing }) => pricing.prompt >= 0)).toBe(true);
    const coding = dataOf(models, await get("/api/models?category=coding&tier=budget&sort=coding&limit=3"));
    for (const row of coding)
      expect(row).toMatchObject({ tier: "budget", categories: expect.arrayContaining(["coding"]) });
    const scores = coding.map((row) => row.scores.coding ?? 0);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });

  it("score a model as pick does", async () => {
    const { get } = await newCaller("models", "read");
    const best = dataOf(picked, await get("/api/pick?task=coding&budget=any"));
    const [top] = dataOf(models, await get("/api/models?sort=coding&limit=1"));
    expect([top?.id, top?.effort, top?.scores.coding]).toEqual([best.id, best.effort, best.score]);
  });

  it("compare each id once, in the order asked, and name the missing", async () => {
    const { get } = await newCaller("models", "read");
    const ids = ["openai/gpt-5.4", "a/nothing", "anthropic/claude-opus-4.6"];
    const data = dataOf(comparedSchema, await get(`/api/compare?models=${[...ids, ids[0]].join(",")}`));
    expect(data.models.map(({ id }) => id)).toEqual([ids[0], ids[2]]);
    expect(data.missing).toEqual(["a/nothing"]);
  });
});
