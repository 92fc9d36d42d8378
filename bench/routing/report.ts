import type { Classification } from "../../shared/task/classification.ts";
import { COMPLEXITY_LABELS, TASK_TYPE_LABELS } from "../../shared/task/labels.ts";
import type { FlaggedModel } from "./bench-models.ts";
import { type CostInValue, checkCostInValue } from "./cost-in-value.ts";
import { checkMembership, FULL_HULL_MARGIN, type Membership } from "./hull-membership.ts";
import type { Point } from "./hull-mix.ts";
import { planTasks } from "./plan-tasks.ts";
import type { Pool } from "./pool.ts";
import { type QualityCost, toQualityCost } from "./quality-cost.ts";
import { type Baseline, NON_INFERIORITY_MARGIN, type Score, scorePlans, toBaseline } from "./score.ts";
import {
  CASCADE_SETTINGS,
  CASCADE_SWEEPS,
  type Setting,
  TEXT_SETTINGS,
  TEXT_SWEEPS,
  toPolicyDigest,
  type Verifier,
  youdenJ,
} from "./setting.ts";
import { toPoolCatalog } from "./to-catalog.ts";

/** Scores with the names of the models in place of their numbers. */
export type NamedScore = Omit<Score, "picks"> & {
  readonly valueUsd: number;
  readonly floor: boolean;
  readonly verifier: (Verifier & { readonly j: number }) | null;
  readonly picks: readonly { readonly model: string; readonly share: number; readonly onHull: boolean }[];
  /** Of single picks only; attempts of a cascade may lie off the hull by design. */
  readonly membership: Membership | null;
};

type NamedPoint = Point & { readonly model: string };

export interface RoutingReport {
  readonly data: string;
  readonly policySha256: string;
  readonly classifier: { readonly name: string; readonly version: string; readonly sha256: string };
  readonly tasks: number;
  readonly models: number;
  readonly abilitiesFrom: Pool["abilitiesFrom"];
  readonly dropped: readonly FlaggedModel[];
  /** What the classifier said: tasks by label, and how many it abstained on. */
  readonly labels: {
    readonly complexity: Readonly<Record<string, number>>;
    readonly taskType: Readonly<Record<string, number>>;
    readonly abstainedOnComplexity: number;
  };
  readonly hull: readonly NamedPoint[];
  readonly bestFixed: NamedPoint;
  readonly fixed: readonly NamedPoint[];
  /** Cheapest model that solves a task, summed: what no policy can beat with one attempt. */
  readonly oracle: Point;
  readonly text: readonly NamedScore[];
  readonly cascade: readonly NamedScore[];
  readonly qualityCost: readonly QualityCost[];
  readonly costInValue: readonly CostInValue[];
  readonly margins: { readonly nonInferiority: number; readonly fullHull: number };
  readonly holds: Holds;
}

/** What must hold of text alone, over all its settings. */
export interface Holds {
  readonly noWorseThanMix: boolean;
  readonly onKeptHull: boolean;
  readonly withinMarginOfFullHull: boolean;
  readonly costRisesInValue: boolean;
}

export interface ReportInput {
  readonly data: string;
  readonly pool: Pool;
  /** One a task, in order. */
  readonly classifications: readonly Classification[];
  readonly classifier: RoutingReport["classifier"];
}

const countBy = <L extends string>(labels: readonly L[], said: readonly L[]): Readonly<Record<string, number>> =>
  Object.fromEntries(labels.map((label) => [label, said.filter((one) => one === label).length]));

function toOracle({ tasks }: Pool): Point {
  let [costUsd, solved] = [0, 0];
  for (const { runs } of tasks) {
    const right = runs.filter((run) => run.solved === 1);
    if (right.length > 0) solved += 1;
    costUsd += Math.min(...(right.length > 0 ? right : runs).map((run) => run.costUsd));
  }
  return { costUsd: costUsd / tasks.length, solved: solved / tasks.length };
}

function toScored({ pool, classifications }: ReportInput, baseline: Baseline, setting: Setting): NamedScore {
  const catalog = toPoolCatalog(pool.models);
  const score = scorePlans({ pool, baseline }, setting, planTasks(classifications, catalog, setting));
  const { verifier, floor, valueMicroUsd } = setting;
  return {
    ...score,
    valueUsd: valueMicroUsd / 1e6,
    floor,
    verifier: verifier === null ? null : { ...verifier, j: youdenJ(verifier) },
    picks: score.picks.map((pick) => ({ ...pick, model: nameOf(pool, pick.model) })),
    membership: verifier === null ? checkMembership(classifications, catalog, setting) : null,
  };
}

const nameOf = ({ models }: Pool, model: number): string => models[model]?.name ?? String(model);

function toHolds(text: readonly NamedScore[], costInValue: readonly CostInValue[]): Holds {
  const checked = text.flatMap(({ membership }) => (membership === null ? [] : [membership]));
  return {
    noWorseThanMix: text.every(({ nonInferior }) => nonInferior),
    onKeptHull: checked.every(({ onKeptHull, tasks }) => onKeptHull === tasks),
    withinMarginOfFullHull: checked.every(({ beyondMargin }) => beyondMargin === 0),
    costRisesInValue: costInValue.every(({ falls }) => falls === 0),
  };
}

function toLabels(classifications: readonly Classification[]): RoutingReport["labels"] {
  return {
    complexity: countBy(
      COMPLEXITY_LABELS,
      classifications.map(({ complexity }) => complexity.label),
    ),
    taskType: countBy(
      TASK_TYPE_LABELS,
      classifications.map(({ task_type }) => task_type.label),
    ),
    abstainedOnComplexity: classifications.filter((c) => c.abstained_heads.includes("complexity")).length,
  };
}

/** Scores the shipped policy on a pool; everything that decides was fixed before (policySha256). */
export function toReport(input: ReportInput): RoutingReport {
  const { data, pool, classifications, classifier } = input;
  const baseline = toBaseline(pool);
  const named = ({ model, ...point }: Point & { readonly model: number }): NamedPoint => ({
    model: nameOf(pool, model),
    ...point,
  });
  const text = TEXT_SETTINGS.map((setting) => toScored(input, baseline, setting));
  const catalog = toPoolCatalog(pool.models);
  const costInValue = TEXT_SWEEPS.map((sweep) => checkCostInValue(classifications, catalog, sweep));
  return {
    data,
    policySha256: toPolicyDigest(),
    classifier,
    tasks: pool.tasks.length,
    models: pool.models.length,
    abilitiesFrom: pool.abilitiesFrom,
    dropped: pool.dropped,
    labels: toLabels(classifications),
    hull: baseline.hull.map(named),
    bestFixed: named(baseline.best),
    fixed: baseline.fixed.map(named),
    oracle: toOracle(pool),
    text,
    cascade: CASCADE_SETTINGS.map((setting) => toScored(input, baseline, setting)),
    qualityCost: [...TEXT_SWEEPS, ...CASCADE_SWEEPS].map((sweep) =>
      toQualityCost({ pool, baseline }, classifications, sweep),
    ),
    costInValue,
    margins: { nonInferiority: NON_INFERIORITY_MARGIN, fullHull: FULL_HULL_MARGIN },
    holds: toHolds(text, costInValue),
  };
}
