import { expect, test } from "vitest";
import { MADE_ROWS, toCore } from "../testing/made-run.ts";
import { planCascade } from "./cascade.ts";

const OPTIONS = {
  verifier: "judge",
  verifierJ: null,
  handOn: { answer: true, reasons: true },
  deliver: false,
} as const;

test("planCascade() puts a check by another maker after every attempt but the last, with what going on is worth", () => {
  const core = toCore();
  const plan = planCascade(core, OPTIONS);
  const calls = plan.steps.filter(({ kind }) => kind === "call");
  const checks = plan.steps.filter(({ kind }) => kind === "judge");
  expect(calls.map(({ pick }) => pick?.model)).toEqual(core.chain.map(({ model }) => model));
  expect(checks).toHaveLength(calls.length - 1);
  for (const [i, { pick, escalation, fallbacks }] of checks.entries()) {
    const author = calls[i]?.pick;
    expect([pick, ...fallbacks].every((judge) => judge?.vendor !== author?.vendor)).toBe(true);
    const { valueMicroUsd = 0, nextCostMicroUsd = 0, prior, gain = 0, loss = 0 } = escalation ?? {};
    const next = core.chain[i + 1]?.expectedInTurn;
    expect(valueMicroUsd).toBeGreaterThan(0);
    expect(prior).toBe(core.chain[i]?.expectedInTurn.success);
    // What comes after the next model adds to both; after the last check nothing does.
    const isLast = i === checks.length - 1;
    expect(nextCostMicroUsd > (next?.costMicroUsd ?? 0)).toBe(!isLast);
    if (isLast) expect([nextCostMicroUsd, gain]).toEqual([next?.costMicroUsd, next?.success]);
    // Whoever follows fails less often where the cheap one is right than where it is wrong.
    expect(loss).toBeGreaterThan(0);
    expect(loss).toBeLessThan(1 - gain);
  }
  expect(plan.result.prefer).toEqual(calls.map(({ stepId }) => stepId).reverse());
});

test("planCascade() hands on the rejected answer and the reasons, or evidence from outside, each to be switched off", () => {
  const readsOf = (over: Partial<Parameters<typeof planCascade>[1]>) =>
    planCascade(toCore(), { ...OPTIONS, ...over })
      .steps.find(({ stepId }) => stepId === "call-2")
      ?.reads.map((read) => read.as);
  expect(readsOf({})).toEqual(["rejected_answer", "reasons"]);
  expect(readsOf({ verifier: "external" })).toEqual(["rejected_answer", "evidence"]);
  expect(readsOf({ handOn: { answer: false, reasons: true } })).toEqual(["reasons"]);
  expect(readsOf({ handOn: { answer: false, reasons: false } })).toEqual([]);
});

test("planCascade() pays nobody to wait for a verdict from outside", () => {
  const verdicts = planCascade(toCore(), { ...OPTIONS, verifier: "external" }).steps.filter(
    ({ kind }) => kind === "verdict",
  );
  expect(verdicts.length).toBeGreaterThan(0);
  for (const { pick, maxOutputTokens, fallbacks } of verdicts)
    expect([pick, maxOutputTokens, fallbacks]).toEqual([null, 0, []]);
});

test("planCascade() is a single call, and says why, when nobody is left to escalate to or to judge", () => {
  const alone = planCascade(toCore(MADE_ROWS.slice(0, 1)), OPTIONS);
  expect([alone.mode, alone.notes, alone.steps.map(({ kind }) => kind)]).toEqual([
    "cascade",
    ["one_model_left"],
    ["call"],
  ]);
  const family = toCore([
    { id: "anthropic/a", theta: 0.2, usd: 0.03 },
    { id: "anthropic/b", theta: 0.9, usd: 0.6 },
  ]);
  expect(planCascade(family, OPTIONS).notes).toEqual(["no_other_family"]);
  expect(planCascade(family, { ...OPTIONS, verifier: "external" }).notes).toEqual([]);
});
