import type { Result } from "../base/result.ts";
import { fail, ok } from "../base/result.ts";
import { roundTo } from "../base/stats.ts";
import type { Candidate } from "./candidate.ts";
import { compareByCost } from "./candidate.ts";
import { keepAffordable } from "./chain-budget.ts";
import { choose } from "./choose.ts";
import type { DecideInput, DecisionCore, EscalationEnd, ModeComparison, Pick } from "./decision.ts";
import { toDiverseVendors } from "./diverse-vendors.ts";
import { toEscalation } from "./escalation.ts";
import { applyFilters, applyRankFilters } from "./filters.ts";
import { applyFloor } from "./floor.ts";
import { toGate } from "./gate.ts";
import { toLowerBand } from "./lower-band.ts";
import { chooseMode } from "./mode.ts";
import { rankByFeedback } from "./rank-list.ts";
import type { RankInput, Ranking } from "./ranking.ts";
import { toConfidence } from "./ranking.ts";
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
  const { maxMicroUsd } = input.request;
  const affordable = keepAffordable(valued, filtered.value.counts, maxMicroUsd);
  if (!affordable.ok) return affordable;
  const { candidates, floor } = applyFloor(affordable.value.candidates, classification, policy);
  const choice = choose(candidates);
  const { chain, comparison } = chooseMode(input, { choice, candidates, terms });
  const tried = chain?.members ?? [choice.pick];
  const pick = tried[0] ?? choice.pick;
  const expected = toExpected(chain ?? pick);
  const gate = toGate(classification, policy);
  const modeComparison = roundComparison(comparison);
  const escalation = toEscalation(candidates, choice, { tried, terms, maxMicroUsd });
  const sequence = [...tried, ...escalation.members];
  const attempts = toAttempts(sequence, { hull: choice.hull, candidates, floor, terms, maxMicroUsd });
  const askedMode = input.request.mode;
  const story = { askedMode, classification, terms, choice, pick, chain, modeComparison, expected, floor, gate };
  return ok({
    pick: toPick(pick, offHullFlags(pick, choice.hull)),
    expected,
    mode: comparison.chosen,
    modeComparison,
    chain: attempts.slice(0, tried.length),
    escalation: attempts.slice(tried.length),
    escalationEnd: toEnd(escalation.end, affordable.value.counts),
    maxMicroUsd,
    alternatives: toAlternatives(pick, choice.hull),
    gate,
    rationale: toRationale(story),
    domain: terms.domain,
    value: terms.value,
    floor: { ...floor, bestSuccess: roundTo(floor.bestSuccess, 6) },
    candidates: affordable.value.counts,
  });
}

/** Models that the budget had put aside from the first are no less beyond it than those that it ends the list with. */
const toEnd = (end: EscalationEnd, { removed }: DecisionCore["candidates"]): EscalationEnd =>
  end === "none_left" && removed.max_usd !== undefined ? "budget" : end;

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

/**
 * Objective `score`: the same hard filters, then (blended score desc, C asc, id asc) with no floor and no V, unlinked
 * rows last. The list comes ranked; only feedback can move a row. Fault: no_candidates.
 */
export function rankByScore(input: RankInput): Result<Ranking> {
  const { list, classification, policy, request, count } = input;
  const band = toLowerBand(policy.band, request.band ?? "any");
  const rows = list.byBand[band];
  if (rows.length === 0) return fail({ kind: "no_candidates", emptiedBy: "band", before: list.byBand.any.length });
  const taskType = classification?.task_type.label ?? null;
  const filtered = applyRankFilters(rows, { ...input, taskType });
  if (!filtered.ok) return filtered;
  const { left, reachOf } = filtered.value;
  const sums = new Map(input.feedback.map((sum) => [sum.modelId, sum]));
  const ranked = toDiverseVendors(rankByFeedback(left, sums, list.mix), count).map((row) => {
    const { entry, score } = row;
    const reach = reachOf(row);
    if (reach === undefined) throw new Error(`${entry.model.id} passed the filters without a reach`);
    const { correction = 0, personalScore = null } = sums.get(entry.model.id) ?? {};
    const confidence = roundTo(toConfidence(entry, classification, { correction, bonus: reach.bonus }), 4);
    return { entry, score, personalScore, confidence, correction, reach };
  });
  return ok({ ranked, considered: left.length });
}
