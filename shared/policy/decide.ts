import type { Result } from "../base/result.ts";
import { ok } from "../base/result.ts";
import { roundTo } from "../base/stats.ts";
import { compareRows } from "../catalog/compare-rows.ts";
import { valueInTurn } from "./after-failures.ts";
import type { Candidate } from "./candidate.ts";
import { compareByCost } from "./candidate.ts";
import type { Choice } from "./choose.ts";
import { choose } from "./choose.ts";
import type { Attempt, DecideInput, DecisionCore, ModeComparison, Pick } from "./decision.ts";
import { toEscalation } from "./escalation.ts";
import { toFallbacks } from "./fallbacks.ts";
import { applyFilters } from "./filters.ts";
import { applyFloor } from "./floor.ts";
import { toGate } from "./gate.ts";
import { chooseMode } from "./mode.ts";
import { toRationale } from "./rationale.ts";
import type { TaskTerms } from "./task-terms.ts";
import { toTaskTerms } from "./task-terms.ts";
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
  const story = { classification, terms, choice, pick, chain, modeComparison, expected, floor, gate };
  return ok({
    pick: toPick(pick, offHullFlags(pick, choice.hull)),
    expected,
    mode: comparison.chosen,
    modeComparison,
    ...toAttempts({ tried, escalation: toEscalation(candidates, choice, { tried, terms }) }, choice, terms),
    fallbacks: toFallbacks(pick, candidates, terms).map((member) => toPick(member, belowFloorFlags(member, floor))),
    alternatives: toAlternatives(pick, choice.hull),
    gate,
    rationale: toRationale(story),
    domain: terms.domain,
    value: terms.value,
    floor: { ...floor, bestSuccess: roundTo(floor.bestSuccess, 6) },
    candidates: filtered.value.counts,
  });
}

/** Chain and escalation as stored, each member with what it is expected to do when its turn comes. */
function toAttempts(
  { tried, escalation }: { readonly tried: readonly Candidate[]; readonly escalation: readonly Candidate[] },
  { hull }: Choice,
  terms: TaskTerms,
): Readonly<Record<"chain" | "escalation", readonly Attempt[]>> {
  const values = valueInTurn([...tried, ...escalation], terms);
  const toAttempt = (pick: Pick, turn: number): Attempt => {
    const value = values[turn];
    if (value === undefined) throw new Error(`attempt ${turn} of ${values.length} was not valued`);
    return { ...pick, expectedInTurn: toExpected(value) };
  };
  return {
    chain: tried.map((member, i) => toAttempt(toPick(member, offHullFlags(member, hull)), i)),
    escalation: escalation.map((member, i) => toAttempt(toPick(member), tried.length + i)),
  };
}

function roundComparison({ singleUtilityUsd, cascadeUtilityUsd, ...words }: ModeComparison): ModeComparison {
  return {
    ...words,
    singleUtilityUsd: roundTo(singleUtilityUsd, 6),
    cascadeUtilityUsd: cascadeUtilityUsd === null ? null : roundTo(cascadeUtilityUsd, 6),
  };
}

const offHullFlags = (candidate: Candidate, hull: readonly Candidate[]): readonly string[] =>
  hull.includes(candidate) ? [] : ["off_hull"];

/** The same model by another driver may lose a bonus that held it above the floor: it is no weaker, but it says so. */
const belowFloorFlags = ({ success }: Candidate, floor: DecisionCore["floor"]): readonly string[] =>
  floor.margin !== null && success < floor.bestSuccess - floor.margin ? ["below_floor"] : [];

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
