import { type Interval, toWilson } from "../../base/wilson.ts";
import type { ComplexityTier } from "./routing-file.ts";
import type { GovernanceEvent } from "./telemetry.ts";

/** How many of how many; the rate is null where there were none to count. */
export interface Share {
  readonly count: number;
  readonly of: number;
  readonly rate: number | null;
}

/** One model at one place of a role's list (null = the rule picked it). */
export interface ModelReport {
  readonly tier: ComplexityTier | null;
  readonly model: string;
  readonly attempt: number | null;
  readonly uses: number;
  readonly outcomes: number;
  readonly successes: number;
  /** null without outcomes. */
  readonly success: Interval | null;
  /** Of the uses whose cost is known, `costed` of them; null where it is known of none. */
  readonly meanCostMicroUsd: number | null;
  readonly costed: number;
}

export interface RoleReport {
  readonly role: string;
  readonly resolutions: number;
  /** Of the resolutions that walked a list. */
  readonly fallbacks: Share;
  readonly capped: Share;
  /** Of all resolutions: those that found no model to run. */
  readonly waiting: Share;
  /** Of the uses whose effort was chosen: those at another effort than the role hints at. */
  readonly hintsIgnored: Share;
  readonly outcomes: number;
  readonly successes: number;
  readonly models: readonly ModelReport[];
}

export interface GovernanceReport {
  readonly events: number;
  readonly outcomes: number;
  /** Sorted by name. */
  readonly roles: readonly RoleReport[];
}

/** Which roles fall back, are capped, wait or have their hints ignored, and how each of their models did. */
export function aggregateGovernance(events: readonly GovernanceEvent[]): GovernanceReport {
  const roles = [...groupBy(events, ({ role }) => role)].map(([role, own]) => toRoleReport(role, own));
  return {
    events: events.length,
    outcomes: events.filter(isFinished).length,
    roles: roles.sort((a, b) => (a.role < b.role ? -1 : 1)),
  };
}

const isFinished = ({ outcome }: GovernanceEvent): boolean => outcome !== null;
const isSuccess = ({ outcome }: GovernanceEvent): boolean => outcome === "success";

export function toRoleReport(role: string, events: readonly GovernanceEvent[]): RoleReport {
  const walked = events.filter(({ attempt, waitingApproval }) => attempt !== null || waitingApproval);
  const hinted = events.filter(({ hintHonoured }) => hintHonoured !== null);
  return {
    role,
    resolutions: events.length,
    fallbacks: toShare(walked, ({ attempt }) => attempt !== null && attempt > 0),
    capped: toShare(events, ({ capped }) => capped),
    waiting: toShare(events, ({ waitingApproval }) => waitingApproval),
    hintsIgnored: toShare(hinted, ({ hintHonoured }) => hintHonoured === false),
    outcomes: events.filter(isFinished).length,
    successes: events.filter(isSuccess).length,
    models: toModelReports(events),
  };
}

/** A capped use ran on the orchestrator's model and says nothing of the role's own, so it is told apart. */
function toModelReports(events: readonly GovernanceEvent[]): readonly ModelReport[] {
  const used = events.filter(({ modelUsed, capped }) => modelUsed !== null && !capped);
  const groups = groupBy(used, (one) => JSON.stringify([one.effectiveTier, one.attempt, one.modelUsed]));
  return [...groups.keys()].sort().flatMap((key) => {
    const own = groups.get(key) ?? [];
    const [first] = own;
    return first === undefined || first.modelUsed === null ? [] : [toModelReport(first, first.modelUsed, own)];
  });
}

function toModelReport(
  { effectiveTier, attempt }: GovernanceEvent,
  model: string,
  events: readonly GovernanceEvent[],
): ModelReport {
  const outcomes = events.filter(isFinished).length;
  const successes = events.filter(isSuccess).length;
  const costs = events.flatMap(({ costMicroUsd }) => (costMicroUsd === null ? [] : [costMicroUsd]));
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  return {
    ...{ tier: effectiveTier, model, attempt, uses: events.length, outcomes, successes },
    success: toWilson(successes, outcomes),
    meanCostMicroUsd: costs.length === 0 ? null : Math.round(total / costs.length),
    costed: costs.length,
  };
}

function toShare(events: readonly GovernanceEvent[], counts: (event: GovernanceEvent) => boolean): Share {
  const count = events.filter(counts).length;
  return { count, of: events.length, rate: events.length === 0 ? null : count / events.length };
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
