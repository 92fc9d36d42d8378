import { roundTo } from "../base/stats.ts";
import type { Candidate } from "./candidate.ts";
import type { Expected, Pick } from "./decision.ts";

/** Expectations as stored: rounded once, here, so that a recomputed decision is equal to the last digit. */
export function toExpected(raw: {
  readonly success: number;
  readonly moneyUsd: number;
  readonly minutes: number;
  readonly utilityUsd: number;
}): Expected {
  return {
    success: roundTo(raw.success, 6),
    costMicroUsd: Math.round(raw.moneyUsd * 1e6),
    minutes: roundTo(raw.minutes, 3),
    utilityUsd: roundTo(raw.utilityUsd, 6),
  };
}

/** A candidate as it is answered and stored. */
export function toPick(candidate: Candidate, extraFlags: readonly string[] = []): Pick {
  const { model } = candidate.eligible;
  return {
    model: model.id,
    effort: model.effort,
    vendor: model.vendor,
    provider: candidate.reach.provider,
    driverKind: candidate.reach.driver,
    priceTier: model.priceTier,
    expected: toExpected(candidate),
    flags: [...candidate.flags, ...extraFlags],
  };
}
