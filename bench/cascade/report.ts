import { toTable } from "../../scripts/eval/table.ts";
import type { Result } from "../../shared/base/result.ts";
import { fail, ok } from "../../shared/base/result.ts";
import type { FlaggedModel } from "../routing/bench-models.ts";
import type { Point } from "../routing/hull-mix.ts";
import type { Pool } from "../routing/pool.ts";
import { type Estimate, toBaseline } from "../routing/score.ts";
import { AT_USD, type AtCost, REFERENCES, type ReferenceChain, scoreAtCost } from "./at-cost.ts";
import { toFolds, toHullPair } from "./folds.ts";
import { type Chain, USD_PER_VERDICT } from "./replay.ts";
import { prepare, type RuleName, type RuleScore, replayRule, type Setup, scoreRule } from "./score-rule.ts";
import { VERIFIERS } from "./verifiers.ts";

const RULES: readonly RuleName[] = ["plain", { valueUsd: 2 }, { valueUsd: 5 }, { valueUsd: 20 }];

type NamedPoint = Point & { readonly model: string };

export interface CascadeReport {
  readonly data: string;
  readonly tasks: number;
  readonly models: number;
  readonly dropped: readonly FlaggedModel[];
  /** Models that try in turn, for each half. */
  readonly chains: readonly (readonly string[])[];
  readonly bestFixed: NamedPoint;
  readonly hull: readonly NamedPoint[];
  readonly rules: readonly RuleScore[];
  /** At one fixed cost: the chains that there are reference figures of, where the data has their models, else its own. */
  readonly atCost: readonly { readonly models: readonly string[]; readonly rows: readonly AtCost[] }[];
}

const nameOf = ({ models }: Pool, model: number): string => models[model]?.name ?? String(model);

/** The reference chains whose models the data has. */
function toReferences(pool: Pool): readonly (ReferenceChain & { readonly chain: Chain })[] {
  const indexOf = new Map(pool.models.map(({ name }, m) => [name, m]));
  return REFERENCES.flatMap((one) => {
    const chain = one.models.flatMap((name) => indexOf.get(name) ?? []);
    return chain.length === one.models.length ? [{ ...one, chain }] : [];
  });
}

function toAtCost(setup: Setup): CascadeReport["atCost"] {
  const references = toReferences(setup.pool);
  if (references.length === 0) {
    const rows = VERIFIERS.map((verifier) => scoreAtCost(setup, verifier, {}));
    return [{ models: [], rows }];
  }
  return references.map(({ models, gains, chain }) => {
    const fixed = { ...setup, folds: setup.folds.map((fold) => ({ ...fold, chain })) };
    return { models, rows: VERIFIERS.map((verifier) => scoreAtCost(fixed, verifier, gains)) };
  });
}

/** Replays the rule on every task. Fault: malformed_data for too few tasks, or a hull of one model. */
export function toReport(data: string, pool: Pool): Result<CascadeReport> {
  const folds = toFolds(pool);
  if (!folds.ok) return folds;
  const paired = folds.value.flatMap((fold) => {
    const chain = toHullPair(pool, fold.known);
    return chain === null ? [] : [{ ...fold, chain }];
  });
  if (paired.length < folds.value.length) {
    const detail = "one model beats all others at any cost: nothing to escalate to";
    return fail({ kind: "malformed_data", what: "data", detail });
  }
  const baseline = toBaseline(pool);
  const setup: Setup = { pool, baseline, folds: paired };
  const named = ({ model, solved, costUsd }: Point & { readonly model: number }): NamedPoint => ({
    model: nameOf(pool, model),
    solved,
    costUsd,
  });
  return ok({
    data,
    tasks: pool.tasks.length,
    models: pool.models.length,
    dropped: pool.dropped,
    chains: paired.map(({ chain }) => chain.map((model) => nameOf(pool, model))),
    bestFixed: named(baseline.best),
    hull: baseline.hull.map(named),
    rules: VERIFIERS.flatMap((verifier) => {
      const prepared = prepare(setup, verifier);
      return RULES.map((rule) => scoreRule(setup, verifier.name, { rule, results: replayRule(pool, prepared, rule) }));
    }),
    atCost: toAtCost(setup),
  });
}

const usd = (value: number): string => `$${value.toFixed(3)}`;
const percent = (share: number): string => (100 * share).toFixed(1);
const points = (share: number): string => `${share < 0 ? "" : "+"}${(100 * share).toFixed(1)}`;

const ranged = ({ value, interval }: Estimate, format: (x: number) => string): string =>
  interval === null ? format(value) : `${format(value)} [${format(interval.low)}, ${format(interval.high)}]`;

const toRuleName = ({ verifier, rule }: RuleScore): string =>
  `${verifier}; ${rule === "plain" ? "7 of 10" : `V $${rule.valueUsd}`}`;

const toRuleRow = (score: RuleScore): readonly string[] => [
  toRuleName(score),
  percent(score.solved),
  usd(score.costUsd),
  score.handedOn.map(percent).join(", "),
  ranged(score.aboveMix, points),
  points(score.chanceAboveMix),
  ranged(score.aboveChance, points),
  ranged(score.solvedVsBest, points),
  ranged(score.costVsBest, percent),
];

const toAtCostRow = ({ verifier, auc, gain, reference, difference }: AtCost): readonly string[] => [
  verifier,
  auc.toFixed(2),
  gain === null ? "not reached" : ranged(gain, points),
  reference === null ? "" : points(reference),
  difference === null ? "" : ranged(difference, points),
];

/** The report for a person; brackets hold 95 % intervals. */
export function toLines(report: CascadeReport): readonly string[] {
  const { bestFixed, hull, chains } = report;
  return [
    `data       ${report.data}: ${report.tasks} tasks, ${report.models} models; everything the rule knows comes from the other half of the tasks`,
    ...report.dropped.map(({ name, reason }) => `dropped    ${name}: ${reason}`),
    `hull       ${hull.map(({ model, costUsd, solved }) => `${model} ${usd(costUsd)} ${percent(solved)} %`).join(" -> ")}`,
    `best fixed ${bestFixed.model} ${usd(bestFixed.costUsd)} ${percent(bestFixed.solved)} %`,
    `cascades   ${chains.map((models) => models.join(" -> ")).join("; ")} (corners of the other half's hull)`,
    "",
    `the engine's escalation rule on simulated judges ($${USD_PER_VERDICT} a verdict): by expected value on calibrated scores, or 7 of 10 before that`,
    ...toTable([
      [
        "",
        "solved %",
        "$ a task",
        "handed on %",
        "points above the mix [95 %]",
        "by chance",
        "above chance [95 %]",
        "solved vs best fixed",
        "cost vs best fixed",
      ],
      ...report.rules.map(toRuleRow),
    ]),
    "",
    ...report.atCost.flatMap(({ models, rows }) => [
      `at $${AT_USD} a task${models.length === 0 ? "" : `, ${models.join(" -> ")}`}`,
      ...toTable([
        [
          "",
          "AUC",
          "points above the mix [95 %]",
          ...(models.length === 0 ? [] : ["earlier simulation, 500 tasks", "difference [95 %]"]),
        ],
        ...rows.map(toAtCostRow),
      ]),
      "",
    ]),
    "Judges are simulated: their errors hang on nothing but what the row says. One recorded run a model and task. Intervals draw tasks; rules stay as the other half made them.",
  ];
}

/** One JSON object; numbers to six decimals. */
export const toJson = (report: CascadeReport): string =>
  JSON.stringify(report, (_, value: unknown) => (typeof value === "number" ? Number(value.toFixed(6)) : value));
