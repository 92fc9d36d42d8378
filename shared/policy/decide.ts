import type { Result } from "../base/result.ts";
import { ok } from "../base/result.ts";
import { roundTo } from "../base/stats.ts";
import { compareRows } from "../catalog/compare-rows.ts";
import type { Candidate } from "./candidate.ts";
import { compareByCost } from "./candidate.ts";
import { choose } from "./choose.ts";
import type { DecideInput, DecisionCore, ModeComparison, Pick } from "./decision.ts";
import { toEscalation } from "./escalation.ts";
import { applyFilters } from "./filters.ts";
import { applyFloor } from "./floor.ts";
import { toGate } from "./gate.ts";
import { chooseMode } from "./mode.ts";
import { toRationale } from "./rationale.ts";
import { toTaskTerms } from "./task-terms.ts";
import { offHullFlags, toAttempts } from "./to-attempts.ts";
import { toExpected, toPick } from "./to-pick.ts";
import { valueCandidate } from "./value-candidate.ts";

/**
 * Who should do the task: filters, values, floor, choice, mode, gate and reasons, in that order.
 * Pure: the same input gives the same answer in any order of the catalogue. Fault: no_candidates.
 */
export function decide(input: DecideInput): Result<DecisionCore> {
  const { classification, policy } = input;
  const terms = toTaskTerms(input);
  const filtered = applyFilters({ ...input, taskType: terms.taskType, domain: terms.domain });
  if (!filtered.ok) return filtered;
  const valued = filtered.value.eligible.map((eligible) => valueCandidate(eligible, eligible.reaches[0], terms));
  const { candidates, floor } = applyFloor(valued, classification, policy);
  const choice = choose(candidates);
  const { chain, comparison } = chooseMode(input, { choice, candidates, terms });
  const tried = chain?.members ?? [choice.pick];
  const pick = tried[0] ?? choice.pick;
  const expected = toExpected(chain ?? pick);
  const gate = toGate(classification, policy);
  const modeComparison = roundComparison(comparison);
  const escalation = toEscalation(candidates, choice, { tried, terms });
  const sequence = [...tried, ...escalation.members];
  const attempts = toAttempts(sequence, { hull: choice.hull, candidates, floor, terms });
  const askedMode = input.request.mode;
  const story = { askedMode, classification, terms, choice, pick, chain, modeComparison, expected, floor, gate };
  return ok({
    pick: toPick(pick, offHullFlags(pick, choice.hull)),
    expected,
    mode: comparison.chosen,
    modeComparison,
    chain: attempts.slice(0, tried.length),
    escalation: attempts.slice(tried.length),
    escalationEnd: escalation.end,
    alternatives: toAlternatives(pick, choice.hull),
    gate,
    rationale: toRationale(story),
    domain: terms.domain,
    value: terms.value,
    floor: { ...floor, bestSuccess: roundTo(floor.bestSuccess, 6) },
    candidates: filtered.value.counts,
  });
}

function roundComparison({ singleUtilityUsd, cascadeUtilityUsd, ...words }: ModeComparison): ModeComparison {
  return {
    ...words,
    singleUtilityUsd: roundTo(singleUtilityUsd, 6),
    cascadeUtilityUsd: cascadeUtilityUsd === null ? null : roundTo(cascadeUtilityUsd, 6),
  };
}

/** The hull, cheapest first; a pick beside it (the first try of a chain) is shown among them, flagged. */
function toAlternatives(pick: Candidate, hull: readonly Candidate[]): readonly Pick[] {
  const shown = hull.includes(pick) ? hull : [...hull, pick].sort(compareByCost);
  return shown.map((candidate) => toPick(candidate, offHullFlags(candidate, hull)));
}

/** A row of the objective `score`: the pick it would be and the score it was ordered by (null: unlinked, so last). */
export interface RankedPick {
  readonly pick: Pick;
  readonly score: number | null;
}

/**
 * Objective `score`: the same hard filters, then (score desc, C asc, id asc, effort) with no floor and no V.
 * Fault: no_candidates.
 */
export function rankByScore(input: DecideInput): Result<readonly RankedPick[]> {
  const terms = toTaskTerms(input);
  const filtered = applyFilters({ ...input, taskType: terms.taskType, domain: terms.domain });
  if (!filtered.ok) return filtered;
  const scoreOf = ({ eligible }: Candidate): number => eligible.score ?? Number.NEGATIVE_INFINITY;
  const ranked = filtered.value.eligible
    .map((eligible) => valueCandidate(eligible, eligible.reaches[0], terms))
    .sort((a, b) => {
      const [scoreA, scoreB] = [scoreOf(a), scoreOf(b)];
      if (scoreA !== scoreB) return scoreB - scoreA;
      return a.totalUsd - b.totalUsd || compareRows(a.eligible.model, b.eligible.model);
    });
  return ok(ranked.map((candidate) => ({ pick: toPick(candidate), score: candidate.eligible.score })));
}
