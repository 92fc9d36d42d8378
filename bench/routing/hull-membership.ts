import type { Catalog } from "../../shared/catalog/model.ts";
import parametersJson from "../../shared/data/parameters.json" with { type: "json" };
import { applyFilters } from "../../shared/policy/filters.ts";
import { applyFloor } from "../../shared/policy/floor.ts";
import { toTaskTerms } from "../../shared/policy/task-terms.ts";
import { valueCandidate } from "../../shared/policy/value-candidate.ts";
import type { Classification } from "../../shared/task/classification.ts";
import { decideOn, toDecideInput } from "./plan-tasks.ts";
import type { Setting } from "./setting.ts";

/** A candidate as decide() values it, in USD. */
export interface Valued {
  readonly id: string;
  readonly costUsd: number;
  readonly success: number;
  readonly worth: number;
}

/** Largest shortfall of P from the full hull that the noise of an ability excuses. */
export const FULL_HULL_MARGIN = parametersJson.choose.noiseP;
const ROUNDING = 1e-9;

/** Everything that passed filters and floor, cheapest first. */
function toCandidates(classification: Classification, catalog: Catalog, setting: Setting): readonly Valued[] {
  const input = toDecideInput(classification, catalog, setting);
  const terms = toTaskTerms(input);
  const filtered = applyFilters({ ...input, taskType: terms.taskType, domain: terms.domain });
  if (!filtered.ok) throw new Error("no model of the pool passed the filters");
  const valued = filtered.value.eligible.map((eligible) => valueCandidate(eligible, eligible.reaches[0], terms));
  return applyFloor(valued, classification, input.policy)
    .candidates.map(({ eligible, totalUsd, success, worth }) => ({
      id: eligible.model.id,
      costUsd: totalUsd,
      success,
      worth,
    }))
    .sort((a, b) => a.costUsd - b.costUsd || (a.id < b.id ? -1 : 1));
}

/** Written apart from choose(): going up in cost, whoever beats all before by more than the noise. */
function toKept(byCost: readonly Valued[]): readonly Valued[] {
  return byCost.filter((candidate, i) => {
    const keptBefore = toKeptBest(byCost.slice(0, i));
    return keptBefore === null || candidate.success > keptBefore + FULL_HULL_MARGIN;
  });
}

function toKeptBest(byCost: readonly Valued[]): number | null {
  let best: number | null = null;
  for (const { success } of byCost) if (best === null || success > best + FULL_HULL_MARGIN) best = success;
  return best;
}

type Axis = "worth" | "success";

/**
 * How far `point` lies under the highest line between two others that stand on both sides of its cost, or under a
 * cheaper one that is as good: 0 on the upper concave hull. Every pair is tried; no hull is built.
 */
export function shortfallFrom(all: readonly Valued[], point: Valued, axis: Axis): number {
  let top = point[axis];
  for (const a of all) {
    if (a.costUsd > point.costUsd) continue;
    top = Math.max(top, a[axis]);
    for (const b of all) {
      if (b.costUsd <= point.costUsd) continue;
      const along = (point.costUsd - a.costUsd) / (b.costUsd - a.costUsd);
      top = Math.max(top, a[axis] + along * (b[axis] - a[axis]));
    }
  }
  return top - point[axis];
}

export interface Membership {
  readonly tasks: number;
  /** Picks that are a corner of the hull of the kept set in (C, worth), by a search over all pairs. */
  readonly onKeptHull: number;
  /** Largest shortfall of a pick's P from the hull of all candidates at its cost, and how many exceed the margin. */
  readonly largestShortfall: number;
  readonly beyondMargin: number;
}

/** Checks every single pick of a setting against candidates valued anew. */
export function checkMembership(
  classifications: readonly Classification[],
  catalog: Catalog,
  setting: Setting,
): Membership {
  let [onKeptHull, largestShortfall, beyondMargin] = [0, 0, 0];
  for (const classification of classifications) {
    const { model } = decideOn(toDecideInput(classification, catalog, setting)).pick;
    const candidates = toCandidates(classification, catalog, setting);
    const kept = toKept(candidates);
    const pick = kept.find(({ id }) => id === model);
    if (pick !== undefined && shortfallFrom(kept, pick, "worth") <= ROUNDING) onKeptHull += 1;
    const chosen = candidates.find(({ id }) => id === model);
    if (chosen === undefined) throw new Error(`${model} is not among the candidates`);
    const shortfall = shortfallFrom(candidates, chosen, "success");
    largestShortfall = Math.max(largestShortfall, shortfall);
    if (shortfall > FULL_HULL_MARGIN + ROUNDING) beyondMargin += 1;
  }
  return { tasks: classifications.length, onKeptHull, largestShortfall, beyondMargin };
}
