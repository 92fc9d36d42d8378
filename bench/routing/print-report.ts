import { toTable } from "../../scripts/eval/table.ts";
import { PARAMETERS } from "../../shared/policy/parameters.ts";
import type { CostInValue } from "./cost-in-value.ts";
import type { QualityCost } from "./quality-cost.ts";
import type { NamedScore, RoutingReport } from "./report.ts";
import type { Estimate, Score } from "./score.ts";

type Row = readonly string[];

const usd = (value: number): string => `$${value.toFixed(3)}`;
const percent = (share: number): string => (100 * share).toFixed(1);
const points = (share: number): string => `${share < 0 ? "" : "+"}${(100 * share).toFixed(1)}`;

function ranged({ value, interval }: Estimate, format: (x: number) => string): string {
  return interval === null ? format(value) : `${format(value)} [${format(interval.low)}, ${format(interval.high)}]`;
}

const PICKS_SHOWN = 3;

function toPicks({ picks }: NamedScore): string {
  const shown = picks
    .slice(0, PICKS_SHOWN)
    .map(({ model, share, onHull }) => `${model}${onHull ? "" : " (off hull)"} ${percent(share)}`);
  return [...shown, ...(picks.length > PICKS_SHOWN ? [`${picks.length - PICKS_SHOWN} more`] : [])].join(", ");
}

const HEAD: Row = [
  "",
  "solved %",
  "$ a task",
  "points above the mix [95 %]",
  "dealt at random [95 %]",
  "solved vs best fixed",
  "cost vs best fixed",
];

const toRow = (name: string, score: NamedScore): Row => [
  name,
  percent(score.solved),
  usd(score.costUsd),
  ranged(score.gain, points),
  ranged(score.control, points),
  ranged(score.solvedVsBest, points),
  ranged(score.costVsBest, percent),
];

function toCascadeName({ name, verifier }: NamedScore): string {
  if (verifier === null) return name;
  const { j, tpr, tnr } = verifier;
  const trust = j >= PARAMETERS.cascade.minJLower ? "" : ", not trusted";
  return `${name}; J ${j.toFixed(1)} (TPR ${tpr}, TNR ${tnr}${trust})`;
}

function toHeader(report: RoutingReport): readonly string[] {
  const { complexity, taskType, abstainedOnComplexity } = report.labels;
  const counted = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([label, count]) => `${label} ${count}`)
      .join(", ");
  return [
    `policy     ${report.policySha256} (shipped policy, parameters, settings; fixed before scoring)`,
    `classifier ${report.classifier.name} ${report.classifier.version} ${report.classifier.sha256.slice(0, 12)}`,
    `data       ${report.data}: ${report.tasks} tasks scored, ${report.models} models, abilities and costs from the ${report.abilitiesFrom}`,
    ...report.dropped.map(({ name, reason }) => `dropped    ${name}: ${reason}`),
    `labels     ${counted(complexity)} (abstained on ${abstainedOnComplexity}); ${counted(taskType)}`,
    `hull       ${report.hull.map(({ model, costUsd, solved }) => `${model} ${usd(costUsd)} ${percent(solved)} %`).join(" -> ")}`,
    `best fixed ${report.bestFixed.model} ${usd(report.bestFixed.costUsd)} ${percent(report.bestFixed.solved)} %; ` +
      `cheapest solver of each task ${usd(report.oracle.costUsd)} ${percent(report.oracle.solved)} %`,
  ];
}

function toMembershipRows(report: RoutingReport): readonly Row[] {
  return report.text.flatMap(({ name, membership, nonInferior, gain }) => {
    if (membership === null) return [];
    const { tasks, onKeptHull, largestShortfall, beyondMargin } = membership;
    return [
      [
        name,
        `${onKeptHull}/${tasks}`,
        largestShortfall.toFixed(3),
        `${beyondMargin}`,
        `${nonInferior ? "yes" : "no"} (${gain.interval === null ? "-" : points(gain.interval.low)})`,
      ],
    ];
  });
}

const toQualityRow = ({ name, reached }: QualityCost): Row =>
  reached === null
    ? [name, "not reached", "", "", ""]
    : [name, `$${reached.valueUsd}`, percent(reached.solved), usd(reached.costUsd), `${percent(reached.costVsBest)} %`];

const toMonotoneLine = ({ name, steps, falls, largestFallUsd }: CostInValue): string =>
  `  ${name}: ${falls} of ${steps} steps up in V lower C${falls > 0 ? ` (by up to ${usd(largestFallUsd)})` : ""}`;

/**
 * What text alone was worth, in a sentence taken from the figures. A setting counts as better only where its interval
 * excludes zero and the dealt plans do as well less often than one of so many settings would by luck.
 */
export function toVerdict(text: readonly Pick<Score, "name" | "gain" | "controlAtLeast">[]): string {
  const gains = text.map(({ gain }) => gain.value);
  const range = `${points(Math.min(...gains))} to ${points(Math.max(...gains))} points above the mix`;
  const better = text.filter(
    ({ gain, controlAtLeast }) => (gain.interval?.low ?? 0) > 0 && controlAtLeast < 0.05 / text.length,
  );
  const worse = text.filter(({ gain }) => (gain.interval?.high ?? 0) < 0);
  const found = [
    ...(better.length === 0 ? [] : [`better than dealing by chance: ${better.map(({ name }) => name).join("; ")}`]),
    ...(worse.length === 0 ? [] : [`worse than the mix: ${worse.map(({ name }) => name).join("; ")}`]),
  ];
  const said = found.length === 0 ? "no gain is shown" : found.join("; ");
  return `Text alone, ${text.length} settings: ${range}; ${said}.`;
}

/** The report for a person; brackets hold 95 % intervals. */
export function toLines(report: RoutingReport): readonly string[] {
  const { nonInferiority, fullHull } = report.margins;
  return [
    ...toHeader(report),
    "",
    "text alone: one pick a task",
    ...toTable([HEAD, ...report.text.map((score) => toRow(score.name, score))]),
    ...report.text.map((score) => `  ${score.name}: ${toPicks(score)}`),
    toVerdict(report.text),
    "",
    ...toTable([
      [
        "what must hold",
        "picks on the kept hull",
        "largest shortfall of P from the full hull",
        `beyond ${fullHull}`,
        `no worse than the mix by ${percent(nonInferiority)} points (lower bound)`,
      ],
      ...toMembershipRows(report),
    ]),
    "C in V, one pick a task:",
    ...report.costInValue.map(toMonotoneLine),
    `holds: ${Object.entries(report.holds)
      .map(([name, held]) => `${name} ${held ? "yes" : "NO"}`)
      .join(", ")}`,
    "",
    "with a simulated verdict after each attempt but the last, at the stated rates and $0.02 each (errors independent of task and model: a ceiling)",
    ...toTable([
      [...HEAD, "attempts"],
      ...report.cascade.map((score) => [...toRow(toCascadeName(score), score), score.meanAttempts.toFixed(2)]),
    ]),
    "",
    ...toTable([
      [`cost at the best fixed pick's quality`, "at V", "solved %", "$ a task", "of its cost"],
      ...report.qualityCost.map(toQualityRow),
    ]),
    "The worth V of that table and the best fixed pick are chosen with the outcomes in view; the rows above are not.",
  ];
}

/** One JSON object; numbers to six decimals. */
export const toJson = (report: RoutingReport): string =>
  JSON.stringify(report, (_, value: unknown) => (typeof value === "number" ? Number(value.toFixed(6)) : value));
