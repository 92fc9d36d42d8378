import { expect, test } from "vitest";
import { MADE_ROWS, toCore } from "../testing/made-run.ts";
import { planCollective } from "./collective.ts";

const authorsOf = (plan: ReturnType<typeof planCollective>) => plan.steps.filter(({ kind }) => kind === "call");

test("planCollective() asks as many makers as there are, each model once, and no two calls share a stand-in", () => {
  const core = toCore();
  for (const count of [2, 3]) {
    const plan = planCollective(core, { count, deliver: false });
    const calls = authorsOf(plan);
    expect(new Set(calls.map(({ pick }) => pick?.vendor)).size).toBe(count);
    const used = calls.flatMap(({ pick, fallbacks }) => [pick?.model, ...fallbacks.map(({ model }) => model)]);
    expect(new Set(used).size).toBe(used.length);
    expect(plan.notes).toEqual([]);
  }
});

test("planCollective() merges by the strongest model, which reads every answer within one limit", () => {
  const plan = planCollective(toCore(), { count: 3, deliver: true });
  const merge = plan.steps.find(({ kind }) => kind === "merge");
  expect(merge?.pick?.model).toBe("anthropic/strong");
  expect(merge?.reads.map(({ stepId }) => stepId)).toEqual(["call-1", "call-2", "call-3"]);
  expect(merge?.reads.reduce((sum, { maxBytes }) => sum + maxBytes, 0)).toBeLessThanOrEqual(160_000);
  expect(plan.steps.at(-1)?.kind).toBe("deliver");
  expect(plan.maxParallel).toBe(6);
});

test("planCollective() holds the count to two to five, says when makers repeat, and is single with one model", () => {
  const makers = ["deepseek", "google", "openai", "x-ai", "qwen", "anthropic"];
  const many = toCore(makers.map((vendor, i) => ({ id: `${vendor}/m`, theta: -0.2 + 0.2 * i, usd: 0.02 * 2 ** i })));
  expect(authorsOf(planCollective(many, { count: 99, deliver: false })).length).toBeLessThanOrEqual(5);
  expect(authorsOf(planCollective(many, { count: 1, deliver: false }))).toHaveLength(2);
  const family = toCore(MADE_ROWS.filter(({ id }) => id.startsWith("anthropic/")));
  expect(planCollective(family, { count: 2, deliver: false }).notes).toEqual(["shared_vendor"]);
  const alone = planCollective(toCore(MADE_ROWS.slice(0, 1)), { count: 3, deliver: false });
  expect([alone.mode, alone.notes, alone.steps.length]).toEqual(["collective", ["one_model_left"], 1]);
});
