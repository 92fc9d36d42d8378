import type { Proportion } from "./clopper-pearson.ts";
import { toProportion } from "./clopper-pearson.ts";
import type { FlaggedRow } from "./eval-row.ts";

/** How well texts that are no coding task are flagged, over rows that say whether they are one. */
export interface ScopeFigures {
  readonly rows: number;
  /** Rows on which the model does not commit itself; they count as not flagged. */
  readonly unanswered: number;
  /** Of the flagged rows: those that are out of scope. */
  readonly precision: Proportion;
  /** Of the rows out of scope: those that are flagged. */
  readonly recall: Proportion;
}

/** null when no row says. */
export function toScopeFigures(rows: readonly FlaggedRow[]): ScopeFigures | null {
  const stated = rows.filter(({ row }) => row.outOfScope !== null);
  if (stated.length === 0) return null;
  const flagged = stated.filter(({ answer }) => answer.out_of_scope === true);
  const outside = stated.filter(({ row }) => row.outOfScope === true);
  const found = flagged.filter(({ row }) => row.outOfScope === true).length;
  return {
    rows: stated.length,
    unanswered: stated.filter(({ answer }) => answer.out_of_scope === null).length,
    precision: toProportion(found, flagged.length),
    recall: toProportion(found, outside.length),
  };
}
