import { CATEGORY_LABELS } from "../../shared/task/labels.ts";
import { macroF1 } from "./accuracy.ts";
import type { Proportion } from "./clopper-pearson.ts";
import { toProportion } from "./clopper-pearson.ts";
import type { FlaggedRow } from "./eval-row.ts";

/** How often the category is right, over rows that state one. */
export interface CategoryFigures {
  /** Rows on which the model names no category; they count as wrong. */
  readonly unanswered: number;
  readonly accuracy: Proportion;
  /** Over the categories that the rows state. */
  readonly macroF1: number;
  /** Accuracy of always naming the commonest category of these rows. */
  readonly majority: number;
}

/** null when no row states a category. */
export function toCategoryFigures(rows: readonly FlaggedRow[]): CategoryFigures | null {
  const stated = rows.filter(({ row }) => row.category !== null);
  if (stated.length === 0) return null;
  const classOf = (label: string | null): number => (CATEGORY_LABELS as readonly (string | null)[]).indexOf(label);
  const truth = stated.map(({ row }) => classOf(row.category));
  const answer = stated.map((scored) => classOf(scored.answer.category?.label ?? null));
  const right = truth.filter((wanted, i) => wanted === answer[i]).length;
  const counts = CATEGORY_LABELS.map((_, k) => truth.filter((wanted) => wanted === k).length);
  const pair = { classes: CATEGORY_LABELS.length, truth, answer };
  return {
    unanswered: stated.filter((scored) => scored.answer.category === null).length,
    accuracy: toProportion(right, stated.length),
    macroF1: macroF1(pair, [...truth.keys()]),
    majority: Math.max(...counts) / stated.length,
  };
}
