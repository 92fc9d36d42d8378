import { expect, test } from "vitest";
import { decide } from "../policy/decide.ts";
import { toInput, toRequest } from "../policy/testing/made-input.ts";
import { toAttemptCosts } from "./attempt-costs.ts";

const ROWS = [
  { id: "a/cheap", theta: -0.3, usd: 0.02 },
  { id: "b/middle", theta: 0.6, usd: 0.3 },
  { id: "c/dear", theta: 1.2, usd: 1.5 },
];

test("toAttemptCosts() adds up attempts in their turn, and names the strongest of the hull", () => {
  const decided = decide(toInput(ROWS, {}, { request: toRequest({ valueMicroUsd: 20_000_000 }) }));
  if (!decided.ok) throw new Error("no candidates");
  const core = decided.value;
  const [first, second, ...later] = [...core.chain, ...core.escalation].map(
    ({ expectedInTurn }) => expectedInTurn.costMicroUsd,
  );
  expect(toAttemptCosts(core, 0, new Map())).toMatchObject({ attemptsMicroUsd: first, nextMicroUsd: second });
  expect(toAttemptCosts(core, 1, new Map()).attemptsMicroUsd).toBe((first ?? 0) + (second ?? 0));
  expect(toAttemptCosts(core, 1 + later.length, new Map()).nextMicroUsd).toBeNull();
  const strongest = core.alternatives.find(({ model }) => model === "c/dear");
  expect(toAttemptCosts(core, 0, new Map()).strongest).toEqual({
    model: "c/dear",
    microUsd: strongest?.expected.costMicroUsd,
  });
  const told = toAttemptCosts(core, 1, new Map([[1, 700_000]]));
  expect(told).toMatchObject({ attemptsMicroUsd: (first ?? 0) + 700_000, paidAttempts: 1 });
});
