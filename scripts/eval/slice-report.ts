import { mean } from "../../shared/base/stats.ts";
import type { Head } from "../../shared/task/labels.ts";
import { HEADS } from "../../shared/task/labels.ts";
import type { AccuracyFigures, HeadPairs } from "./accuracy.ts";
import { ACCURACY_FIGURES, toAccuracy, toMajority } from "./accuracy.ts";
import { bootstrap, type Groups, toGroups, toInterval } from "./bootstrap.ts";
import type { CalibrationError, Judged } from "./calibration-error.ts";
import { toCalibrationError } from "./calibration-error.ts";
import type { CategoryFigures } from "./category.ts";
import { toCategoryFigures } from "./category.ts";
import { meanCpuMs } from "./classify-texts.ts";
import type { Interval } from "./clopper-pearson.ts";
import type { ScoredRow, ScoreName } from "./eval-row.ts";
import type { HighRiskFigures } from "./high-risk.ts";
import { toHighRiskFigures } from "./high-risk.ts";
import type { ScoreFigures } from "./rank-correlation.ts";
import { toScoreFigures } from "./rank-correlation.ts";
import type { AnsweredShare, Coverage } from "./risk-coverage.ts";
import { toAnsweredShare, toCoverage } from "./risk-coverage.ts";
import type { ScopeFigures } from "./scope.ts";
import { toScopeFigures } from "./scope.ts";
import type { Slice } from "./slices.ts";

/** A figure of the model, its bootstrap interval, and what naming the commonest class would give. */
export interface Measured {
  readonly value: number;
  readonly interval: Interval | null;
  readonly majority: number;
}

export interface HeadFigures {
  readonly calibration: CalibrationError | null;
  /** The most that can be answered with at most 10 % wrong. */
  readonly atTenPercentError: AnsweredShare;
  /** What the model answers by its own abstention threshold. */
  readonly atOwnThreshold: Coverage;
}

/** Every figure of one slice. */
export interface SliceReport {
  readonly name: string;
  readonly group: Slice["group"];
  readonly rows: number;
  /** How many sources, or rows that stand alone, the intervals resample. */
  readonly resampledUnits: number;
  readonly meanTokens: number;
  readonly meanCpuMs: number;
  readonly accuracy: Readonly<Record<keyof AccuracyFigures, Measured>>;
  readonly heads: Readonly<Record<Head, HeadFigures>>;
  readonly scores: Readonly<Partial<Record<ScoreName, ScoreFigures>>>;
  readonly highRisk: HighRiskFigures;
  readonly outOfScope: ScopeFigures | null;
  readonly category: CategoryFigures | null;
}

const MAX_ERROR = 0.1;

function measureAccuracy(pairs: HeadPairs, groups: Groups): SliceReport["accuracy"] {
  const indexes = groups.flat();
  const value = toAccuracy(pairs, indexes);
  const majority = toAccuracy(toMajority(pairs, indexes), indexes);
  const draws = groups.length < 2 ? [] : bootstrap(groups, (drawn) => toAccuracy(pairs, drawn));
  const measured = ACCURACY_FIGURES.map((name) => {
    const interval = toInterval(draws.map((draw) => draw[name]));
    return [name, { value: value[name], interval, majority: majority[name] }] as const;
  });
  // One entry a name of the list, so the record is whole.
  return Object.fromEntries(measured) as SliceReport["accuracy"];
}

/** The whole slice's rows and their groups by number, so that resampling need not copy them. */
export interface SliceInput {
  readonly rows: readonly ScoredRow[];
  readonly pairs: HeadPairs;
  readonly slice: Slice;
}

function measureHead({ rows, slice }: SliceInput, groups: Groups, head: Head): HeadFigures {
  const judged = rows.map(({ row, answer }): Judged => {
    return { confidence: answer[head].confidence, right: answer[head].label === row.labels[head] };
  });
  const inSlice = (indexes: readonly number[]): Judged[] => indexes.flatMap((index) => judged[index] ?? []);
  const answered = slice.indexes.filter((index) => !rows[index]?.answer.abstained_heads.includes(head));
  return {
    calibration: toCalibrationError(judged, groups),
    atTenPercentError: toAnsweredShare(inSlice(slice.indexes), MAX_ERROR),
    atOwnThreshold: toCoverage(inSlice(answered), slice.indexes.length),
  };
}

/** Prompts that were written for training come one by one: their common source is no repository and no author's habit. */
const sourceOf = (scored: ScoredRow | undefined): string | null =>
  scored === undefined || scored.row.kind === "written" ? null : scored.row.source;

export function toSliceReport(input: SliceInput): SliceReport {
  const { rows, pairs, slice } = input;
  const groups = toGroups(slice.indexes, (index) => sourceOf(rows[index]));
  const part = slice.indexes.flatMap((index) => rows[index] ?? []);
  const heads = HEADS.map((head) => [head, measureHead(input, groups, head)] as const);
  return {
    name: slice.name,
    group: slice.group,
    rows: part.length,
    resampledUnits: groups.length,
    meanTokens: mean(part.map(({ answer }) => answer.tokens)),
    meanCpuMs: meanCpuMs(part),
    accuracy: measureAccuracy(pairs, groups),
    // One entry a head, so the record is whole.
    heads: Object.fromEntries(heads) as SliceReport["heads"],
    scores: toScoreFigures(part),
    highRisk: toHighRiskFigures(part),
    outOfScope: toScopeFigures(part),
    category: toCategoryFigures(part),
  };
}
