import { formatPercent } from "../../base/format.ts";
import { type Interval, toDifference } from "../../base/wilson.ts";
import { groupBy, type ModelReport, type RoleReport, type Share, toRoleReport } from "./aggregate-governance.ts";
import { assumedCost, type CostOf } from "./cost-tier.ts";
import { modelsOf } from "./follow-entry.ts";
import { GOVERNANCE_LIMITS } from "./governance-limits.ts";
import { resolveRole } from "./resolve-agent.ts";
import type { ComplexityTier, RoutingFile } from "./routing-file.ts";
import type { GovernanceEvent } from "./telemetry.ts";

export type SuggestionKind = "fallback_as_primary" | "add_fallback" | "check_primary" | "review_cap" | "review_hint";

/** What speaks for a suggestion: the models compared, or the share that stands out. */
export type SuggestionEvidence =
  | {
      readonly outcomes: number;
      readonly primary: ModelReport;
      readonly fallback: ModelReport;
      /** Success of the fallback less that of the primary. */
      readonly difference: Interval;
      /** Mean cost of the fallback over the primary's; null where one of the two is not known of enough uses. */
      readonly costRatio: number | null;
    }
  | { readonly outcomes: number; readonly share: Share; readonly threshold: number };

/** Never applied by itself: a person reads it, and the file is changed as any other. */
export interface GovernanceSuggestion {
  readonly kind: SuggestionKind;
  readonly role: string;
  readonly tier: ComplexityTier | null;
  /** The entry as it would stand; null where there is no one change to propose. */
  readonly propose: { readonly primary: string; readonly fallbacks: readonly string[] } | null;
  readonly evidence: SuggestionEvidence;
  readonly says: string;
}

const LIMITS = GOVERNANCE_LIMITS.suggestions;
/**
 * What the file's reader may want to change, from a role and tier's 50th outcome on; roles by name, tiers as they come.
 * What was said of models that the file no longer names at that place is left out.
 */
export function suggestGovernance(
  events: readonly GovernanceEvent[],
  file: RoutingFile,
  costOf: CostOf = assumedCost,
): readonly GovernanceSuggestion[] {
  const groups = groupBy(events, ({ role, effectiveTier }) => JSON.stringify([role, effectiveTier]));
  return [...groups.keys()].sort().flatMap((key) => {
    const own = groups.get(key) ?? [];
    const [first] = own;
    if (first === undefined) return [];
    const report = toRoleReport(first.role, own);
    if (report.outcomes < LIMITS.minOutcomes) return [];
    const asked = { report, tier: first.effectiveTier };
    return [...suggestPrimary(asked, file, costOf), ...suggestByShare(asked)];
  });
}

interface Asked {
  readonly report: RoleReport;
  readonly tier: ComplexityTier | null;
}

/** The fallback that does as well for less, or better; the cheapest of several. */
function suggestPrimary({ report, tier }: Asked, file: RoutingFile, costOf: CostOf): readonly GovernanceSuggestion[] {
  const { role, models, outcomes } = report;
  const entry = resolveRole(file, { role, tier, mode: "deterministic" });
  if (!entry.ok) return [];
  const names = modelsOf(entry.value);
  // The file may have changed since: a use counts only where it still names that model at that place.
  const stands = ({ attempt, model }: ModelReport): boolean => {
    const name = attempt === null ? undefined : names[attempt];
    return name !== undefined && (costOf(name, entry.value.costTier).modelId ?? name) === model;
  };
  const primary = models.find((one) => one.attempt === 0 && stands(one));
  if (primary === undefined) return [];
  const found = models
    .filter((one) => one.attempt !== null && one.attempt > 0 && stands(one))
    .flatMap((fallback) => compare(primary, fallback, outcomes))
    .sort((a, b) => (a.fallback.meanCostMicroUsd ?? 0) - (b.fallback.meanCostMicroUsd ?? 0));
  return found.slice(0, 1).flatMap(({ says, ...evidence }) => {
    const promoted = names[evidence.fallback.attempt ?? 0];
    if (promoted === undefined) return [];
    const propose = { primary: promoted, fallbacks: names.filter((name) => name !== promoted) };
    return [
      {
        kind: "fallback_as_primary" as const,
        role,
        tier,
        propose,
        evidence,
        says: `${says}; propose ${promoted} as primary.`,
      },
    ];
  });
}

type Comparison = Extract<SuggestionEvidence, { readonly primary: ModelReport }> & { readonly says: string };

function compare(primary: ModelReport, fallback: ModelReport, outcomes: number): readonly Comparison[] {
  const least = Math.min(primary.outcomes, fallback.outcomes);
  if (primary.success === null || fallback.success === null || least < LIMITS.minOutcomesPerModel) return [];
  const difference = toDifference(fallback.success, primary.success);
  const costRatio = toCostRatio(primary, fallback);
  const evidence = { outcomes, primary, fallback, difference, costRatio };
  const rates = `${toRate(fallback)} against ${toRate(primary)}`;
  const isAsGood = difference.rate >= -LIMITS.largestLossOfSuccess;
  if (isAsGood && costRatio !== null && costRatio <= LIMITS.largestCostShare) {
    const share = formatPercent(costRatio);
    return [
      { ...evidence, says: `Fallback ${fallback.attempt} succeeds as often (${rates}) at about ${share} of the cost` },
    ];
  }
  if (difference.low <= 0) return [];
  return [{ ...evidence, says: `Fallback ${fallback.attempt} succeeds more often (${rates})` }];
}

function toCostRatio(primary: ModelReport, fallback: ModelReport): number | null {
  if (Math.min(primary.costed, fallback.costed) < LIMITS.minOutcomesPerModel) return null;
  if (primary.meanCostMicroUsd === null || fallback.meanCostMicroUsd === null) return null;
  return primary.meanCostMicroUsd === 0 ? null : fallback.meanCostMicroUsd / primary.meanCostMicroUsd;
}

const toRate = ({ success, successes, outcomes }: ModelReport): string =>
  success === null
    ? `${successes} of ${outcomes}`
    : `${successes} of ${outcomes}, ${formatPercent(success.low)} to ${formatPercent(success.high)}`;

/** Shares that stand out, and what they ask a reader to look at. */
function suggestByShare({ report, tier }: Asked): readonly GovernanceSuggestion[] {
  const { role, outcomes, waiting, fallbacks, capped, hintsIgnored } = report;
  const rows: readonly (readonly [SuggestionKind, Share, number, string])[] = [
    ["add_fallback", waiting, LIMITS.waitingRate, "found no model of the list to run and waited: add a fallback"],
    ["check_primary", fallbacks, LIMITS.fallbackRate, "fell back: check the primary's key and provider"],
    ["review_cap", capped, LIMITS.cappedRate, "were capped: raise the orchestrator's model, or lower the role's"],
    ["review_hint", hintsIgnored, LIMITS.hintIgnoredRate, "ran at another effort than the hint: drop or change it"],
  ];
  return rows.flatMap(([kind, share, threshold, what]) => {
    if (share.rate === null || share.of < LIMITS.minOutcomes || share.rate < threshold) return [];
    const says = `${share.count} of ${share.of} resolutions ${what}.`;
    return [{ kind, role, tier, propose: null, evidence: { outcomes, share, threshold }, says }];
  });
}
