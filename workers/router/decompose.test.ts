import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { ROLE_BLOCKS } from "../../shared/prompt/role-blocks.ts";
import { CATEGORY_LABELS } from "../../shared/task/labels.ts";
import { type Answered, catalog, newCaller, serveCatalog } from "./testing/caller.ts";

beforeAll(() => serveCatalog(catalog.version, 1));

const model = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    provider: z.string(),
    score: z.number().min(0).max(100),
    pricing: z.strictObject({ prompt: z.number(), completion: z.number() }),
  })
  .nullable();
const decided = {
  category: z.enum(CATEGORY_LABELS),
  budget: z.enum(["low", "medium", "high", "any"]),
  model,
  reason: z.string(),
};
/** Field for field what smart-spawn's client declares. */
const PEER_STEPS = z.strictObject({
  decomposed: z.literal(true),
  totalSteps: z.int(),
  steps: z.array(z.strictObject({ step: z.int(), task: z.string(), ...decided })),
  originalTask: z.string(),
  context: z.string().nullable(),
});
const PEER_DAG = z.strictObject({
  decomposed: z.literal(true),
  dag: z.strictObject({
    tasks: z.array(
      z.strictObject({
        id: z.string().regex(/^swarm-\d+$/),
        description: z.string(),
        persona: z.string(),
        dependsOn: z.array(z.string()),
        wave: z.int().min(0),
        ...decided,
      }),
    ),
    waves: z.array(z.strictObject({ wave: z.int(), taskIds: z.array(z.string()), description: z.string() })),
    edges: z.array(
      z.strictObject({ from: z.string(), to: z.string(), type: z.enum(["phase", "artifact", "temporal"]) }),
    ),
    totalTasks: z.int(),
    totalWaves: z.int(),
    originalTask: z.string(),
    context: z.string().nullable(),
    estimatedCost: z.strictObject({ low: z.number(), high: z.number() }),
    warning: z.string().optional(),
  }),
});
const PEER_WHOLE = z.strictObject({ decomposed: z.literal(false), reason: z.string() });

const parsed = <S extends z.ZodType>(schema: S, { status, body }: Answered): z.output<S> => {
  expect(status, JSON.stringify(body)).toBe(200);
  return schema.parse(body);
};
const errorOf = ({ status, body }: Answered): unknown => [
  status,
  Object(body).error?.code,
  Object(body).error?.message,
];

const APP =
  "Build a todo app:\n1. Write tests for the API\n2. Build the API on the tasks table\n3. Design the tasks table\n4. Build the settings page\n5. Deploy everything";

describe("POST /api/decompose", () => {
  it("answers steps in an order that can be gone through, as the peer's client reads them", async () => {
    const { post } = await newCaller("decompose", "read");
    const answer = await post("/api/decompose", { task: APP, budget: "low", context: "typescript,react" });
    const { steps, totalSteps, context } = parsed(PEER_STEPS, answer);
    expect([totalSteps, context]).toEqual([5, "typescript,react"]);
    const place = (word: string): number => steps.findIndex(({ task }) => task.startsWith(word));
    expect(place("Design")).toBeLessThan(place("Build the API"));
    expect(place("Build the API")).toBeLessThan(place("Write tests"));
    expect(place("Deploy")).toBe(4);
    for (const step of steps) expect(step.model?.pricing.prompt).toBeLessThanOrEqual(1);
    expect((await post("/decompose", { task: APP, budget: "low", context: "typescript,react" })).body).toEqual(
      answer.body,
    );
  });

  it("decomposes what the peer's readme shows, and leaves prose whole", async () => {
    const { post } = await newCaller("decompose", "read");
    const landing = parsed(PEER_STEPS, await post("/api/decompose", { task: "Build and deploy a SaaS landing page" }));
    expect(landing.steps.map(({ task }) => task)).toEqual(["Build a SaaS landing page", "deploy a SaaS landing page"]);
    expect(landing.context).toBeNull();
    for (const task of ["load the next page", "if X then Y", "Fix the typo in the README"]) {
      expect(parsed(PEER_WHOLE, await post("/api/decompose", { task })).reason).toMatch(/one piece/);
    }
  });

  it("gives a step without a model the filter's name instead", async () => {
    const caller = await newCaller("decompose-none", "read", "admin");
    const policy = Object((await caller.get("/api/policy")).body).data;
    expect((await caller.put("/api/policy", { ...policy, allow: ["nobody/nothing"] })).status).toBe(200);
    const { steps } = parsed(PEER_STEPS, await caller.post("/api/decompose", { task: APP }));
    for (const step of steps)
      expect(step).toMatchObject({ model: null, reason: expect.stringMatching(/filter allow/) });
    const { dag } = parsed(PEER_DAG, await caller.post("/api/swarm", { task: APP }));
    expect(dag).toMatchObject({
      estimatedCost: { low: 0, high: 0 },
      warning: expect.stringMatching(/no model fits 5/),
    });
  });

  it.each([
    [{}, "MISSING_PARAM"],
    [{ task: "" }, "INVALID_PARAM"],
    [{ task: 123 }, "INVALID_PARAM"],
    [{ task: "x", budget: "gold" }, "INVALID_PARAM"],
    [{ task: "x", context: { a: 1 } }, "INVALID_PARAM"],
    [{ task: "x", maxParallel: 2 }, "INVALID_PARAM"],
    [["x"], "INVALID_BODY"],
  ])("refuses %j", async (body, code) => {
    const { post } = await newCaller("decompose", "read");
    expect(errorOf(await post("/api/decompose", body))).toEqual([400, code, expect.any(String)]);
  });
});

describe("POST /api/swarm", () => {
  it("answers a graph in waves, as the peer's client reads it", async () => {
    const { post } = await newCaller("swarm", "read");
    const { dag } = parsed(PEER_DAG, await post("/api/swarm", { task: APP, budget: "high" }));
    expect([dag.totalTasks, dag.totalWaves]).toEqual([dag.tasks.length, dag.waves.length]);
    const waveOf = new Map(dag.tasks.map(({ id, wave }) => [id, wave]));
    for (const { from, to } of dag.edges) expect(waveOf.get(from)).toBeLessThan(waveOf.get(to) ?? -1);
    expect(dag.waves.flatMap(({ taskIds }) => taskIds).sort()).toEqual(dag.tasks.map(({ id }) => id).sort());
    for (const task of dag.tasks) expect(ROLE_BLOCKS.personas.has(task.persona)).toBe(true);
    const builds = dag.tasks.filter(({ description }) => description.startsWith("Build"));
    expect(new Set(builds.map(({ wave }) => wave)).size).toBe(1);
    expect(dag.estimatedCost.low).toBeGreaterThan(0);
    expect(dag.estimatedCost.high).toBeGreaterThan(dag.estimatedCost.low);
    expect(dag.warning).toBeUndefined();
  });

  it("decomposes research and a pitch deck into two waves", async () => {
    const { post } = await newCaller("swarm", "read");
    const { dag } = parsed(PEER_DAG, await post("/api/swarm", { task: "Research competitors and build a pitch deck" }));
    expect(dag.tasks.map(({ description, wave, persona }) => [description, wave, persona])).toEqual([
      ["Research competitors", 0, "market-analyst"],
      ["build a pitch deck", 1, "strategist"],
    ]);
    expect(dag.edges).toEqual([{ from: "swarm-1", to: "swarm-2", type: "phase" }]);
  });

  it("puts 3,001 tasks together into 20 and says so", async () => {
    const { post } = await newCaller("swarm", "read");
    const task = Array.from({ length: 3_001 }, (_, i) => `${i + 1}. Fix row ${i}`).join("\n");
    const { dag } = parsed(PEER_DAG, await post("/api/swarm", { task, maxParallel: 8 }));
    expect([dag.totalTasks, dag.totalWaves, dag.warning]).toEqual([20, 3, expect.stringMatching(/3001 parts/)]);
  });

  it("keeps to maxParallel and refuses any that is none", async () => {
    const { post } = await newCaller("swarm", "read");
    const task = "- Add a\n- Fix b\n- Port c\n- Move d to e";
    expect(parsed(PEER_DAG, await post("/api/swarm", { task, maxParallel: 1 })).dag.totalWaves).toBe(4);
    expect(parsed(PEER_DAG, await post("/api/swarm", { task, maxParallel: 8 })).dag.totalWaves).toBe(1);
    for (const maxParallel of ["x", 0, 9, -1, 2.5, null])
      expect(errorOf(await post("/api/swarm", { task, maxParallel }))).toEqual([
        400,
        "INVALID_PARAM",
        expect.stringMatching(/maxParallel/),
      ]);
  });
});

describe("roles", () => {
  it("GET /api/roles/blocks lists every block", async () => {
    const { get } = await newCaller("roles", "read");
    const { body } = await get("/api/roles/blocks");
    expect(body).toMatchObject({ counts: { personas: 36, stack: 82, domains: 15, formats: 17, guardrails: 6 } });
    expect(Object.keys(Object(body))).toEqual(["personas", "stack", "domains", "formats", "guardrails", "counts"]);
    expect((await get("/roles/blocks")).body).toEqual(body);
  });

  it("POST /api/roles/compose answers the prompt bare", async () => {
    const { post } = await newCaller("roles", "read");
    const { body } = await post("/api/roles/compose", {
      task: "Build it",
      persona: "frontend-engineer",
      stack: ["react"],
    });
    expect(body).toMatchObject({ hasRole: true, persona: "frontend-engineer", guardrails: ["code", "concise"] });
    expect(Object(body).fullPrompt).toMatch(/# Task\nBuild it$/);
    const fields = [
      "hasRole",
      "persona",
      "personaTitle",
      "stack",
      "domain",
      "format",
      "guardrails",
      "wordCount",
      "fullPrompt",
    ];
    expect(Object.keys(Object(body)).sort()).toEqual([...fields].sort());
  });

  it("warns of names that objects inherit, and refuses wrong types", async () => {
    const { post } = await newCaller("roles", "read");
    const odd = await post("/api/roles/compose", { task: "x", persona: "constructor", guardrails: ["toString"] });
    expect(odd).toMatchObject({
      status: 200,
      body: { hasRole: false, fullPrompt: "x", warnings: [expect.any(String), expect.any(String)] },
    });
    for (const wrong of [{ persona: 1 }, { stack: "react" }, { guardrails: [1] }, { format: {} }, { task: " " }])
      expect(errorOf(await post("/api/roles/compose", { task: "x", ...wrong }))).toEqual([
        400,
        "INVALID_PARAM",
        expect.any(String),
      ]);
    expect(errorOf(await post("/api/roles/compose", { persona: "writer" }))).toEqual([
      400,
      "MISSING_PARAM",
      expect.any(String),
    ]);
  });
});
