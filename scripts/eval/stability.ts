import type { Classification } from "../../shared/task/classification.ts";
import type { Head } from "../../shared/task/labels.ts";
import { HEADS } from "../../shared/task/labels.ts";
import type { Proportion } from "./clopper-pearson.ts";
import { toProportion } from "./clopper-pearson.ts";

/** A prompt's answer before and after it was changed, and how it was changed. */
export interface ChangedAnswer {
  readonly kind: string;
  readonly before: Classification;
  readonly after: Classification;
}

/** Shares per head, and for the three together. */
export type HeadShares = Readonly<Record<Head | "all", Proportion>>;

export interface KindShares {
  /** "" stands for all kinds together. */
  readonly kind: string;
  readonly shares: HeadShares;
}

const isSame = ({ before, after }: ChangedAnswer, head: Head): boolean => before[head].label === after[head].label;

function toShares(
  answers: readonly ChangedAnswer[],
  counts: (answer: ChangedAnswer, heads: readonly Head[]) => boolean,
) {
  const share = (heads: readonly Head[]): Proportion =>
    toProportion(answers.filter((answer) => counts(answer, heads)).length, answers.length);
  return {
    complexity: share(["complexity"]),
    task_type: share(["task_type"]),
    risk: share(["risk"]),
    all: share(HEADS),
  };
}

function byKind(
  answers: readonly ChangedAnswer[],
  toKind: (part: readonly ChangedAnswer[]) => HeadShares,
): KindShares[] {
  const kinds = [...new Set(answers.map(({ kind }) => kind))];
  const parts = kinds.map((kind) => ({ kind, shares: toKind(answers.filter((answer) => answer.kind === kind)) }));
  return [{ kind: "", shares: toKind(answers) }, ...parts];
}

/** Shares of changed prompts that keep their label: per head, and `all` three. First over all kinds, then by kind. */
export const toUnchanged = (answers: readonly ChangedAnswer[]): readonly KindShares[] =>
  byKind(answers, (part) => toShares(part, (answer, heads) => heads.every((head) => isSame(answer, head))));

/** Shares of changed prompts whose label flips: per head, and for `all` those where any of the three does. */
export const toFlips = (answers: readonly ChangedAnswer[]): readonly KindShares[] =>
  byKind(answers, (part) => toShares(part, (answer, heads) => heads.some((head) => !isSame(answer, head))));
