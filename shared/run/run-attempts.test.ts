import { expect, test } from "vitest";
import { planCascade } from "./plan/cascade.ts";
import { planCollective } from "./plan/collective.ts";
import { planSingle } from "./plan/single.ts";
import { attemptOfStep, type BookedCall, toAttemptWork } from "./run-attempts.ts";
import { toCore } from "./testing/made-run.ts";

const core = toCore();
const cascade = planCascade(core, {
  ...{ verifier: "judge", verifierJ: null, deliver: true },
  handOn: { answer: true, reasons: true },
});
const collective = planCollective(core, { count: 3, deliver: false });

const call = (stepId: string, fields: Partial<BookedCall> = {}): BookedCall => ({
  ...{ stepId, attempt: 1, model: "deepseek/cheap", effort: "default", state: "settled", failure: null },
  ...{ settledMicroUsd: 100, overrunMicroUsd: 0, ...fields },
});

test("attemptOfStep() counts a cascade's calls and their checks from where the decision stood", () => {
  expect(["call-1", "check-1", "call-2"].map((id) => attemptOfStep(cascade, id, 1))).toEqual([1, 1, 2]);
  expect(attemptOfStep(planSingle(core, { deliver: false }), "call-1", 2)).toBe(2);
});

test("attemptOfStep() is null for steps that no attempt's model answers for", () => {
  expect(["deliver", "nobody"].map((id) => attemptOfStep(cascade, id, 0))).toEqual([null, null]);
  expect(attemptOfStep(collective, "call-1", 0)).toBeNull();
});

test("toAttemptWork() sums the attempt's own calls and names who answered in the end", () => {
  const calls = [
    call("call-1", { state: "unknown", failure: "timeout", settledMicroUsd: 40 }),
    call("call-1", { attempt: 2, model: "google/middle", overrunMicroUsd: 5 }),
    call("check-1", { model: "anthropic/strong", settledMicroUsd: 999 }),
  ];
  expect(toAttemptWork(cascade, calls, { attempt: 0, firstAttempt: 0 })).toEqual({
    costMicroUsd: 145,
    author: { model: "google/middle", effort: "default" },
  });
  expect(toAttemptWork(cascade, calls, { attempt: 1, firstAttempt: 0 })).toBeNull();
  const failed = [call("call-1", { state: "released", failure: "server_error", settledMicroUsd: 0 })];
  expect(toAttemptWork(cascade, failed, { attempt: 0, firstAttempt: 0 })).toEqual({ costMicroUsd: 0, author: null });
});

test("toAttemptWork() goes by the number of a call, whatever order they are told in", () => {
  const calls = [call("call-1", { attempt: 10, model: "vendor/tenth" }), call("call-1", { attempt: 2 })];
  const failed = call("call-1", { attempt: 11, failure: "timeout", state: "unknown" });
  const work = toAttemptWork(cascade, [failed, ...calls], { attempt: 0, firstAttempt: 0 });
  expect(work?.author?.model).toBe("vendor/tenth");
});

test("toAttemptWork() takes all of a run of several models for the attempt, and names none of them", () => {
  const calls = [call("call-1"), call("call-2"), call("merge")];
  const work = toAttemptWork(collective, calls, { attempt: 0, firstAttempt: 0 });
  expect(work).toEqual({ costMicroUsd: 300, author: null });
  expect(toAttemptWork(collective, calls, { attempt: 1, firstAttempt: 0 })).toBeNull();
});
