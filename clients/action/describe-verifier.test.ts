import { expect, it } from "vitest";
import { describeVerifier } from "./describe-verifier.ts";

const WHERE = { source: "ci", repository: "acme/shop" } as const;
const MEASURED = {
  repository: "acme/shop",
  source: "ci",
  n: 50,
  accepted_right: 24,
  accepted_wrong: 2,
  rejected_right: 1,
  rejected_wrong: 23,
  unlabelled: 7,
  tpr: 0.96,
  tnr: 0.92,
  j: 0.88,
  j_lower: 0.7042,
  may_gate: true,
} as const;

it("describeVerifier() says what was measured, on how much it rests, and whether it may gate", () => {
  expect(describeVerifier([MEASURED], WHERE)).toEqual([
    ["Checks of acme/shop", "TPR 96 %, TNR 92 %, J 0.88, at least 0.70; n = 50 followed up, 7 not; may gate"],
  ]);
  const half = { ...MEASURED, n: 3, tnr: null, j: null, j_lower: null, may_gate: false };
  expect(describeVerifier([half], { ...WHERE, source: "person" })).toEqual([
    ["People of acme/shop", "TPR 96 %, TNR not known, J not known; n = 3 followed up, 7 not; may not gate yet"],
  ]);
});

it("describeVerifier() says so where nothing is measured, and nothing where nobody may read it", () => {
  const none = { ...MEASURED, n: 0, tpr: null, tnr: null, j: null, j_lower: null, may_gate: false };
  expect(describeVerifier([none], WHERE)[0]?.[1]).toBe("not measured yet (n = 0 followed up, 7 not)");
  expect(describeVerifier([], WHERE)[0]?.[1]).toBe("not measured yet");
  expect(describeVerifier(null, WHERE)).toEqual([]);
  expect(describeVerifier([MEASURED], { ...WHERE, repository: null })).toEqual([]);
});
