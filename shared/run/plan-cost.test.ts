import { expect, test } from "vitest";
import { toJudgeMessages } from "./judge.ts";
import { toLabel, toMergeMessages } from "./merge.ts";
import { planCascade } from "./plan/cascade.ts";
import { planCollective } from "./plan/collective.ts";
import { toPlanCost, withCostCeilings } from "./plan-cost.ts";
import { NO_FEES, toReservationMicroUsd } from "./price-call.ts";
import { toCore } from "./testing/made-run.ts";
import { VERDICT_SCHEMA } from "./verdict.ts";

const PRICES = {
  prices: {
    promptMicroUsdPerMillion: 1_000_000,
    completionMicroUsdPerMillion: 4_000_000,
    cacheReadMicroUsdPerMillion: null,
  },
  fees: NO_FEES,
};
const MARKS = { fence: "Qm3kZr8tXw1pLd6v", seal: "h7YcN2uJb9sVe4Ka" };
const OPTIONS = { deliver: true, verifier: "judge", verifierJ: null, handOn: { answer: true, reasons: true } } as const;

test("toPlanCost() is above what judge and merge reserve for the longest answers", () => {
  const [task, answer] = ["t".repeat(5000), "é".repeat(200_000)];
  const costOf = (steps: ReturnType<typeof planCollective>) =>
    toPlanCost(steps, { taskBytes: 5000, pricesOf: () => PRICES });
  const collective = planCollective(toCore(), { count: 3, deliver: true });
  const merge = collective.steps.filter(({ kind }) => kind === "merge");
  const candidates = [0, 1, 2].map((i) => ({ label: toLabel(i), text: answer }));
  const messages = toMergeMessages({ of: "answers", task, candidates, missing: [], style: "detailed", ...MARKS });
  const reserved = toReservationMicroUsd(
    { messages, jsonSchema: null, maxOutputTokens: merge[0]?.maxOutputTokens ?? 0 },
    PRICES,
  );
  expect(costOf({ ...collective, steps: merge }).worstMicroUsd).toBeGreaterThanOrEqual(reserved);

  const cascade = planCascade(toCore(), OPTIONS);
  const check = cascade.steps.filter(({ stepId }) => stepId === "check-1");
  const judged = {
    messages: toJudgeMessages({ task, answer, ...MARKS }),
    jsonSchema: VERDICT_SCHEMA,
    maxOutputTokens: 2000,
  };
  expect(costOf({ ...cascade, steps: check }).worstMicroUsd).toBeGreaterThanOrEqual(
    toReservationMicroUsd(judged, PRICES),
  );
});

test("toPlanCost() sums all steps, counts the dearest stand-in apart, and names what it cannot price", () => {
  const plan = planCascade(toCore(), OPTIONS);
  const at = (microUsd: number) => ({
    ...PRICES,
    prices: { ...PRICES.prices, completionMicroUsdPerMillion: microUsd },
  });
  const all = toPlanCost(plan, {
    taskBytes: 10,
    pricesOf: ({ model }) => at(model === "anthropic/strong" ? 9_000_000 : 1_000_000),
  });
  expect(all.unpriced).toEqual([]);
  expect(all.worstWithFallbacksMicroUsd).toBeGreaterThan(all.worstMicroUsd);
  const none = toPlanCost(plan, { taskBytes: 10, pricesOf: () => null });
  expect([none.worstMicroUsd, none.unpriced.length]).toEqual([
    0,
    plan.steps.filter(({ pick }) => pick !== null).length,
  ]);
});

test("withCostCeilings() holds what a check weighs to the most that the steps after it cost, and never raises it", () => {
  const plan = planCascade(toCore(), OPTIONS);
  const weighed = (perMillion: number): number => {
    const prices = { ...PRICES.prices, promptMicroUsdPerMillion: perMillion, completionMicroUsdPerMillion: perMillion };
    const held = withCostCeilings(plan, { taskBytes: 10, pricesOf: () => ({ ...PRICES, prices }) });
    return held.steps.find(({ stepId }) => stepId === "check-1")?.escalation?.nextCostMicroUsd ?? Number.NaN;
  };
  const planned = plan.steps.find(({ stepId }) => stepId === "check-1")?.escalation?.nextCostMicroUsd;
  expect(weighed(1)).toBeLessThan(10);
  expect(weighed(1_000_000_000)).toBe(planned);
});
