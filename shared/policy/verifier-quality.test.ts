import { expect, test } from "vitest";
import { LABELLED_WANTED, measureVerifier, toTruth, toWilson, type VerdictCount } from "./verifier-quality.ts";

const SILENT = { hasBadEvent: false, stands: false, isSilenceTold: true } as const;
const KEPT = { ...SILENT, stands: true, isSilenceTold: false } as const;
const UNDONE = { ...KEPT, hasBadEvent: true, stands: false } as const;

/** Counts of a verifier that accepted `[right, wrong]` and rejected `[right, wrong]`. */
const toCounts = (
  accepted: readonly [number, number],
  rejected: readonly [number, number],
): readonly VerdictCount[] => [
  { accepted: true, ...KEPT, count: accepted[0] },
  { accepted: true, ...UNDONE, count: accepted[1] },
  { accepted: false, ...KEPT, count: rejected[0] },
  { accepted: false, ...UNDONE, count: rejected[1] },
];

test("toTruth() believes what undid a change over what kept it, and silence only where events are heard", () => {
  expect(toTruth({ accepted: true, ...UNDONE, stands: true })).toBe(false);
  expect(toTruth({ accepted: false, ...KEPT })).toBe(true);
  expect([toTruth({ accepted: true, ...SILENT }), toTruth({ accepted: false, ...SILENT })]).toEqual([true, null]);
  expect(toTruth({ accepted: true, ...SILENT, isSilenceTold: false })).toBeNull();
});

test("toWilson() gives the interval of 81 of 263 as published, and holds at 0 and at all", () => {
  // Newcombe 1998 (proportions), example (a): 0.2553 to 0.3662.
  const { lower, upper } = toWilson(81, 263);
  expect([lower, upper].map((end) => end.toFixed(4))).toEqual(["0.2553", "0.3662"]);
  expect(toWilson(0, 20).lower).toBe(0);
  expect(toWilson(20, 20).upper).toBeCloseTo(1, 12);
});

test("measureVerifier() bounds J as the published difference of 56/70 and 48/80 is bounded", () => {
  // Newcombe 1998 (differences), method 10, example (a): 0.2000, 0.0524 to 0.3339.
  const measured = measureVerifier(toCounts([56, 48], [14, 32]));
  expect(measured.j).toBeCloseTo(0.2, 12);
  expect(measured.jLower?.toFixed(4)).toBe("0.0524");
  expect([measured.tpr, measured.tnr, measured.mayGate]).toEqual([0.8, 0.4, false]);
});

test("measureVerifier() lets nobody gate on too few attempts of either truth, however good they look", () => {
  const enough = LABELLED_WANTED;
  expect(measureVerifier(toCounts([enough, 0], [0, enough])).mayGate).toBe(true);
  expect(measureVerifier(toCounts([enough - 1, 0], [0, enough])).mayGate).toBe(false);
  expect(measureVerifier(toCounts([1_000, 0], [0, enough - 1])).mayGate).toBe(false);
  expect(measureVerifier(toCounts([16, 4], [4, 16])).mayGate).toBe(false);
  expect(measureVerifier(toCounts([32, 8], [8, 32]))).toMatchObject({ j: expect.closeTo(0.6, 9), mayGate: false });
  expect(measureVerifier(toCounts([180, 20], [20, 180])).mayGate).toBe(true);
});

test("measureVerifier() lets nobody gate on silence, which agrees with every verdict", () => {
  const silent = [true, false].map((accepted) => ({ accepted, ...SILENT, count: 1_000 }));
  expect(measureVerifier(silent)).toMatchObject({ acceptedRight: 1_000, unlabelled: 1_000, tnr: null, mayGate: false });
});

test("measureVerifier() says null where nothing is known, and counts what waits", () => {
  const waiting = { accepted: true, ...SILENT, isSilenceTold: false, count: 7 };
  expect(measureVerifier([waiting])).toMatchObject({ unlabelled: 7, tpr: null, tnr: null, j: null, jLower: null });
  expect(measureVerifier(toCounts([30, 0], [0, 0]))).toMatchObject({ tpr: 1, tnr: null, j: null, mayGate: false });
});
