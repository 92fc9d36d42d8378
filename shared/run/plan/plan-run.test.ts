import { expect, test } from "vitest";
import { RUN_MODES } from "../../policy/policy.ts";
import { oneFrom, toRandom } from "../../policy/testing/random-catalog.ts";
import { attemptSequence } from "../attempts.ts";
import { toExpectedMicroUsd } from "../expected-cost.ts";
import { toPlanCost } from "../plan-cost.ts";
import { NO_FEES } from "../price-call.ts";
import { MADE_ROWS, randomParts, toCore } from "../testing/made-run.ts";
import { toKnownPicks } from "./known-picks.ts";
import { withMergeModel } from "./merge-model.ts";
import { planRun } from "./plan-run.ts";
import { toReachablePlan, toUnreached } from "./reach-plan.ts";
import { toStandingCore } from "./standing-core.ts";

const OPTIONS = {
  verifier: "judge",
  verifierJ: null,
  handOn: { answer: true, reasons: true },
  deliver: false,
  count: 3,
} as const;

const planOf = (over: Partial<Parameters<typeof planRun>[0]>) => {
  const plan = planRun({ ...OPTIONS, mode: "single", core: toCore(), parts: [], ...over });
  if (!plan.ok) throw new Error(JSON.stringify(plan.fault));
  return plan.value;
};

test("planRun() plans every mode under its own name, a task of one piece as one call", () => {
  for (const mode of RUN_MODES) {
    const plan = planOf({ mode });
    expect([mode, plan.mode]).toEqual([mode, mode]);
    if (mode === "plan" || mode === "swarm") expect([plan.steps.length, plan.notes]).toEqual([1, ["one_part"]]);
  }
  const parts = randomParts(toRandom(3), 4);
  expect(planOf({ mode: "swarm", parts }).steps.map(({ kind }) => kind)).toEqual([
    "call",
    "call",
    "call",
    "call",
    "merge",
  ]);
});

test("toStandingCore() takes a decision up where it stands, and asks no rejected model again", () => {
  const core = toCore();
  const sequence = attemptSequence(core);
  expect(toStandingCore(core, 0, core.mode)).toEqual(core);
  for (const [at, attempt] of sequence.entries()) {
    const standing = toStandingCore(core, at, "single");
    expect([standing.pick.model, standing.chain.length]).toEqual([attempt.model, 1]);
    const rejected = sequence.slice(0, at).map(({ model }) => model);
    const climbing = toStandingCore(core, at, "cascade").chain.map(({ model }) => model);
    expect(climbing.some((model) => rejected.includes(model))).toBe(false);
    expect(climbing[0]).toBe(attempt.model);
  }
  expect(() => toStandingCore(core, sequence.length, "single")).toThrow(RangeError);
});

test("toReachablePlan() moves a model to its maker's endpoint where a key is, else to the one that serves all", () => {
  const all = new Set(["openrouter", "anthropic", "google", "openai"]);
  const plan = planOf({ mode: "collective" });
  const vendors = plan.steps.flatMap(({ pick }) => pick?.vendor ?? []);
  const providersOf = (...open: readonly string[]) =>
    toReachablePlan(plan, { providers: new Set(open), allowed: all }).steps.flatMap(({ pick }) => pick?.provider ?? []);
  expect(providersOf("openrouter")).toEqual(vendors.map(() => "openrouter"));
  expect(providersOf("openrouter", "anthropic")).toEqual(
    vendors.map((vendor) => (vendor === "anthropic" ? "anthropic" : "openrouter")),
  );
  const closed = toReachablePlan(plan, { providers: new Set(), allowed: all });
  expect(closed.steps.map(({ pick }) => pick?.model)).toEqual(plan.steps.map(({ pick }) => pick?.model));
  expect(toUnreached(closed, { providers: new Set(), allowed: all }).length).toBeGreaterThan(0);
  const forbidden = { providers: all, allowed: new Set(["openrouter"]) };
  expect(toReachablePlan(plan, forbidden).steps.flatMap(({ pick }) => pick?.provider ?? [])).not.toContain("google");
});

test("withMergeModel() lets a named model merge, and no other", () => {
  const core = toCore();
  const plan = planOf({ mode: "collective" });
  for (const { model } of toKnownPicks(core)) {
    const made = withMergeModel(plan, core, model);
    const merge = made.ok ? made.value.steps.find(({ kind }) => kind === "merge") : undefined;
    expect(merge?.pick?.model).toBe(model);
    expect(merge?.fallbacks.map((pick) => pick.model)).not.toContain(model);
  }
  expect(withMergeModel(plan, core, "x/none")).toMatchObject({ ok: false, fault: { field: "merge.model" } });
});

test("toExpectedMicroUsd() is never above the worst cost, and grows with the task", () => {
  const prices = {
    promptMicroUsdPerMillion: 3_000_000,
    completionMicroUsdPerMillion: 15_000_000,
    cacheReadMicroUsdPerMillion: null,
  };
  const pricesOf = () => ({ prices, fees: NO_FEES });
  const random = toRandom(5);
  for (let n = 0; n < 200; n += 1) {
    const mode = oneFrom(random, RUN_MODES);
    const plan = planOf({ mode, parts: randomParts(random, 1 + Math.floor(random() * 12)), core: toCore(MADE_ROWS) });
    const taskBytes = Math.floor(random() * 50_000);
    const expected = toExpectedMicroUsd(plan, { taskBytes, pricesOf });
    expect(expected).toBeLessThanOrEqual(toPlanCost(plan, { taskBytes, pricesOf }).worstMicroUsd);
    expect(toExpectedMicroUsd(plan, { taskBytes: taskBytes + 4_000, pricesOf })).toBeGreaterThan(expected);
  }
});
