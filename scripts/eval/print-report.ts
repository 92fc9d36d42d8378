import type { Head } from "../../shared/task/labels.ts";
import { HEADS } from "../../shared/task/labels.ts";
import type { AccuracyFigures } from "./accuracy.ts";
import type { Interval, Proportion } from "./clopper-pearson.ts";
import { SCORE_NAMES } from "./eval-row.ts";
import type { EvalReport } from "./evaluate.ts";
import type { Coverage } from "./risk-coverage.ts";
import type { Measured, SliceReport } from "./slice-report.ts";
import type { KindShares } from "./stability.ts";
import { toTable } from "./table.ts";

/** Parts that are shown by kind, so that the whole stays under 80 lines; --json has all. */
const KINDS_SHOWN = 5;
const NOISE_KINDS_SHOWN = 8;
const TECHNIQUES_SHOWN = 6;

type Row = readonly string[];

const percent = (share: number): string => (Number.isFinite(share) ? (share * 100).toFixed(1) : "-");
const decimal = (value: number): string => (Number.isFinite(value) ? value.toFixed(3) : "-");
const range = (interval: Interval | null, format: (x: number) => string): string =>
  interval === null ? "" : ` [${format(interval.low)}-${format(interval.high)}]`;
const counted = (p: Proportion): string => `${p.count}/${p.of}`;
const withInterval = (p: Proportion): string => `${percent(p.share)}${range(p, percent)}`;
const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const measured = ({ value, interval }: Measured): string => `${percent(value)}${range(interval, percent)}`;

function toHeader(report: EvalReport, all: SliceReport): readonly string[] {
  const { model, size, engine, wasmMemoryBytes } = report;
  const { name, version, kind, weightsFile, sha256, folder } = model;
  return [
    `model   ${name} ${version} (${kind}), engine ${engine}, ${folder}/${weightsFile} ${sha256.slice(0, 12)}`,
    `data    ${report.data}: ${all.rows} rows, ${all.resampledUnits} resampled units, ${all.meanTokens.toFixed(0)} tokens a row`,
    `size    served ${mib(size.servedBytes)} (${(size.servedBytes / 1e6).toFixed(2)} MB), folder ${mib(size.folderBytes)}; ` +
      `wasm memory ${mib(wasmMemoryBytes)}; ${all.meanCpuMs.toFixed(2)} ms CPU a prompt`,
  ];
}

const ACCURACY: readonly (keyof AccuracyFigures)[] = ["unified", "exact", "complexity", "task_type", "risk"];
const F1: readonly (keyof AccuracyFigures)[] = ["macroF1", "complexityF1", "task_typeF1", "riskF1"];

function toAccuracyRows(slices: readonly SliceReport[], names: readonly (keyof AccuracyFigures)[]): readonly Row[] {
  const rows = slices.map(({ name, rows, resampledUnits, accuracy }) => [
    name,
    `${rows}`,
    `${resampledUnits}`,
    ...names.map((n) => measured(accuracy[n])),
  ]);
  const [all] = slices;
  const majority = all === undefined ? [] : names.map((n) => percent(all.accuracy[n].majority));
  return [...rows, ["majority class", "", "", ...majority]];
}

function toAccuracyTables(kinds: readonly SliceReport[], lengths: readonly SliceReport[]): readonly string[] {
  return [
    "",
    ...toTable([
      ["accuracy %", "n", "units", "unified", "exact", ...HEADS],
      ...toAccuracyRows([...kinds, ...lengths], ACCURACY),
    ]),
    "",
    ...toTable([["macro-F1 %", "n", "units", "mean", ...HEADS], ...toAccuracyRows(kinds, F1)]),
  ];
}

function toCalibrationTable(slices: readonly SliceReport[]): readonly string[] {
  const cell = ({ heads }: SliceReport, head: Head): string => {
    const { calibration } = heads[head];
    if (calibration === null) return "-";
    return `${decimal(calibration.l2)}${range(calibration.interval, decimal)} ${decimal(calibration.l1)}`;
  };
  const rows = slices.map((slice): Row => [slice.name, ...HEADS.map((head) => cell(slice, head))]);
  return ["", ...toTable([["calibration error: L2 debiased, L1", ...HEADS], ...rows])];
}

function toCoverageTable({ heads }: SliceReport): readonly string[] {
  const cells = ({ share, error, errorUpper }: Coverage): Row => [percent(share), percent(error), percent(errorUpper)];
  const rows = HEADS.map((head): Row => {
    const { atTenPercentError, atOwnThreshold } = heads[head];
    const { threshold } = atTenPercentError;
    return [head, ...cells(atTenPercentError), threshold === null ? "-" : decimal(threshold), ...cells(atOwnThreshold)];
  });
  const head = ["answered % (all rows)", "at <=10 % error", "error", "95 % upper", "from", "at own threshold", "error"];
  return ["", ...toTable([[...head, "95 % upper"], ...rows])];
}

function toScoreTable({ scores }: SliceReport): readonly string[] {
  const rows = SCORE_NAMES.flatMap((name): Row[] => {
    const figures = scores[name];
    if (figures === undefined) return [];
    return [[name, `${figures.rows}`, decimal(figures.spearman), decimal(figures.meanAbsoluteError)]];
  });
  return rows.length === 0 ? [] : ["", ...toTable([["score (all rows)", "n", "Spearman", "mean abs. error"], ...rows])];
}

function toGateTable(slices: readonly SliceReport[]): readonly string[] {
  const rows = slices.map(({ name, highRisk }): Row => {
    const { prevalence, gated, recallAtGate, recallByLabel } = highRisk;
    const surplus = percent(gated.share - prevalence.share);
    const recall = [counted(recallAtGate), withInterval(recallAtGate), withInterval(recallByLabel)];
    return [name, percent(prevalence.share), percent(gated.share), surplus, ...recall];
  });
  const head = ["high risk %", "prevalence", "gated", "surplus", "caught", "recall at gate", "recall by label"];
  return ["", ...toTable([head, ...rows])];
}

function toFlagLines({ outOfScope, category }: Pick<SliceReport, "outOfScope" | "category">): readonly string[] {
  const lines: string[] = [];
  if (outOfScope !== null) {
    const { precision, recall, unanswered, rows } = outOfScope;
    lines.push(
      `out of scope  precision ${withInterval(precision)} (${counted(precision)}), recall ${withInterval(recall)} ` +
        `(${counted(recall)}), ${unanswered} of ${rows} unanswered`,
    );
  }
  if (category !== null) {
    const { accuracy, macroF1, majority, unanswered } = category;
    lines.push(
      `category      accuracy ${withInterval(accuracy)} (${counted(accuracy)}), macro-F1 ${percent(macroF1)}, ` +
        `majority ${percent(majority)}, ${unanswered} unanswered`,
    );
  }
  return lines.length === 0 ? [] : ["", ...lines];
}

/** All kinds together first, then the `shown` kinds with the worst share for all heads. */
function toShareTable(title: string, kinds: readonly KindShares[], shown: readonly KindShares[]): readonly string[] {
  const rows = [...kinds.slice(0, 1), ...shown].map(({ kind, shares }): Row => {
    const heads = HEADS.map((head) => percent(shares[head].share));
    return [kind === "" ? "all" : kind, `${shares.all.of}`, ...heads, withInterval(shares.all)];
  });
  return ["", ...toTable([[title, "n", ...HEADS, "three together"], ...rows])];
}

function toStabilityTables({ noise, steering }: EvalReport): readonly string[] {
  const tables: string[] = [];
  if (noise !== null) {
    const shown = noise.unchanged.slice(1, 1 + NOISE_KINDS_SHOWN);
    tables.push(...toShareTable("labels unchanged under noise %", noise.unchanged, shown));
  }
  if (steering !== null) {
    const worst = steering.flips.slice(1).sort((a, b) => b.shares.all.share - a.shares.all.share);
    tables.push(...toShareTable("labels flipped by steering %", steering.flips, worst.slice(0, TECHNIQUES_SHOWN)));
  }
  return tables;
}

/** The report for a person, fewer than 80 lines; brackets hold 95 % intervals. */
export function toLines(report: EvalReport): readonly string[] {
  const [all] = report.slices;
  if (all === undefined) return [];
  const kinds = report.slices.filter(({ group }) => group === "kind").slice(0, KINDS_SHOWN);
  const lengths = report.slices.filter(({ group }) => group === "length");
  return [
    ...toHeader(report, all),
    ...toAccuracyTables([all, ...kinds], lengths),
    ...toCalibrationTable([all, ...kinds]),
    ...toCoverageTable(all),
    ...toScoreTable(all),
    ...toGateTable([all, ...kinds]),
    ...toFlagLines(all),
    ...(report.freeTexts === null ? [] : ["", "free texts:", ...toFlagLines(report.freeTexts).slice(1)]),
    ...toStabilityTables(report),
  ];
}

/** One JSON object; numbers to six decimals, what is not a number as null. */
export const toJson = (report: EvalReport): string =>
  JSON.stringify(report, (_, value: unknown) => {
    if (typeof value !== "number") return value;
    return Number.isFinite(value) ? Number(value.toFixed(6)) : null;
  });
