import { mean } from "../../shared/base/stats.ts";
import type { Head } from "../../shared/task/labels.ts";
import { COMPLEXITY_LABELS, HEADS, RISK_LABELS, TASK_TYPE_LABELS } from "../../shared/task/labels.ts";
import type { ScoredRow } from "./eval-row.ts";

const LABELS: Readonly<Record<Head, readonly string[]>> = {
  complexity: COMPLEXITY_LABELS,
  task_type: TASK_TYPE_LABELS,
  risk: RISK_LABELS,
};

/** Class numbers of all rows for one head: what was labelled, what was answered. */
export interface ClassPair {
  readonly classes: number;
  readonly truth: readonly number[];
  readonly answer: readonly number[];
}

export type HeadPairs = Readonly<Record<Head, ClassPair>>;

export const ACCURACY_FIGURES = [
  "unified",
  "exact",
  "macroF1",
  "complexity",
  "task_type",
  "risk",
  "complexityF1",
  "task_typeF1",
  "riskF1",
] as const;
/**
 * Shares in [0,1]: a head's name is its accuracy, with F1 its macro-F1; `unified` and `macroF1` are their means over
 * the heads; `exact` wants all three labels right.
 */
export type AccuracyFigures = Readonly<Record<(typeof ACCURACY_FIGURES)[number], number>>;

const toPair = (rows: readonly ScoredRow[], head: Head): ClassPair => ({
  classes: LABELS[head].length,
  truth: rows.map(({ row }) => LABELS[head].indexOf(row.labels[head])),
  answer: rows.map(({ answer }) => LABELS[head].indexOf(answer[head].label)),
});

export function toHeadPairs(rows: readonly ScoredRow[]): HeadPairs {
  const [complexity, task_type, risk] = [toPair(rows, "complexity"), toPair(rows, "task_type"), toPair(rows, "risk")];
  return { complexity, task_type, risk };
}

/** Mean F1 over the classes that the drawn rows were labelled with; NaN for no rows. */
export function macroF1({ classes, truth, answer }: ClassPair, indexes: readonly number[]): number {
  const zeros = (): number[] => new Array<number>(classes).fill(0);
  const [right, labelled, answered] = [zeros(), zeros(), zeros()];
  const add = (counts: number[], at: number): void => {
    counts[at] = (counts[at] ?? 0) + 1;
  };
  for (const index of indexes) {
    const [wanted, got] = [truth[index] ?? -1, answer[index] ?? -1];
    add(labelled, wanted);
    add(answered, got);
    if (wanted === got) add(right, wanted);
  }
  const scores = labelled.flatMap((count, k) =>
    count === 0 ? [] : [(2 * (right[k] ?? 0)) / (count + (answered[k] ?? 0))],
  );
  return mean(scores);
}

const isRight = (pair: ClassPair, index: number): boolean => pair.truth[index] === pair.answer[index];

/** Every figure on the rows at `indexes`, repeats counted as often as they stand there. */
export function toAccuracy(pairs: HeadPairs, indexes: readonly number[]): AccuracyFigures {
  const right: Record<Head, number> = { complexity: 0, task_type: 0, risk: 0 };
  let exact = 0;
  for (const index of indexes) {
    let all = true;
    for (const head of HEADS) {
      if (isRight(pairs[head], index)) right[head] += 1;
      else all = false;
    }
    if (all) exact += 1;
  }
  const n = indexes.length;
  const [complexityF1, task_typeF1, riskF1] = [
    macroF1(pairs.complexity, indexes),
    macroF1(pairs.task_type, indexes),
    macroF1(pairs.risk, indexes),
  ];
  return {
    unified: (right.complexity + right.task_type + right.risk) / (3 * n),
    exact: exact / n,
    macroF1: mean([complexityF1, task_typeF1, riskF1]),
    complexity: right.complexity / n,
    task_type: right.task_type / n,
    risk: right.risk / n,
    complexityF1,
    task_typeF1,
    riskF1,
  };
}

/** The same rows answered with the commonest class of these rows; the first of equals. */
export function toMajority(pairs: HeadPairs, indexes: readonly number[]): HeadPairs {
  const toConstant = (pair: ClassPair): ClassPair => {
    const counts = Array.from({ length: pair.classes }, (_, k) => indexes.filter((i) => pair.truth[i] === k).length);
    const commonest = counts.indexOf(Math.max(...counts));
    return { ...pair, answer: pair.truth.map(() => commonest) };
  };
  return {
    complexity: toConstant(pairs.complexity),
    task_type: toConstant(pairs.task_type),
    risk: toConstant(pairs.risk),
  };
}
