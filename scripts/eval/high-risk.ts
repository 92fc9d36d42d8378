import { toGate } from "../../shared/policy/gate.ts";
import { defaultPolicy } from "../../shared/policy/policy.ts";
import type { Proportion } from "./clopper-pearson.ts";
import { toProportion } from "./clopper-pearson.ts";
import type { ScoredRow } from "./eval-row.ts";

/** How the approval gate of the default policy catches high risk. */
export interface HighRiskFigures {
  /** Rows labelled high. */
  readonly prevalence: Proportion;
  readonly gated: Proportion;
  /** Of the rows labelled high: those that the gate stops. */
  readonly recallAtGate: Proportion;
  /** Of the rows labelled high: those that the model labels high. */
  readonly recallByLabel: Proportion;
}

export function toHighRiskFigures(rows: readonly ScoredRow[]): HighRiskFigures {
  const isGated = ({ answer }: ScoredRow): boolean => toGate(answer, defaultPolicy).requiresApproval;
  const high = rows.filter(({ row }) => row.labels.risk === "high");
  return {
    prevalence: toProportion(high.length, rows.length),
    gated: toProportion(rows.filter(isGated).length, rows.length),
    recallAtGate: toProportion(high.filter(isGated).length, high.length),
    recallByLabel: toProportion(high.filter(({ answer }) => answer.risk.label === "high").length, high.length),
  };
}
