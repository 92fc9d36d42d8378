import type { Classification } from "../../shared/task/classification.ts";
import type {
  Category,
  Complexity,
  ComplexitySubScore,
  Risk,
  RiskSubScore,
  TaskType,
} from "../../shared/task/labels.ts";
import { COMPLEXITY_SUB_SCORES, RISK_SUB_SCORES } from "../../shared/task/labels.ts";

export const SCORE_NAMES = [...COMPLEXITY_SUB_SCORES, ...RISK_SUB_SCORES] as const;
export type ScoreName = ComplexitySubScore | RiskSubScore;

export interface Labels {
  readonly complexity: Complexity;
  readonly task_type: TaskType;
  readonly risk: Risk;
}

/** One labelled prompt; null where the file does not say. */
export interface EvalRow {
  readonly text: string;
  readonly labels: Labels;
  /** In [0,1]. */
  readonly scores: Readonly<Partial<Record<ScoreName, number>>>;
  readonly outOfScope: boolean | null;
  readonly category: Category | null;
  readonly kind: string | null;
  /** Where the prompt comes from; rows of one source are resampled together. */
  readonly source: string | null;
  /** First prompt of a session with a person. */
  readonly firstTurn: boolean;
}

/** A labelled prompt beside the model's answer. */
export interface ScoredRow {
  readonly row: EvalRow;
  readonly answer: Classification;
  /** CPU of the whole process while it was classified, ms. */
  readonly cpuMs: number;
}

/** As much of a scored row as the category and the scope flag need. */
export interface FlaggedRow {
  readonly row: Pick<EvalRow, "category" | "outOfScope">;
  readonly answer: Pick<Classification, "category" | "out_of_scope">;
}

/** The score that an answer gives by that name. */
export function scoreOf(answer: Classification, name: ScoreName): number {
  const scores: Readonly<Record<ScoreName, number>> = { ...answer.complexity_sub, ...answer.risk_sub };
  return scores[name];
}
