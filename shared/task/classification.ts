import type { Category, Complexity, ComplexitySubScore, Head, Risk, RiskSubScore, TaskType } from "./labels.ts";

/** One head's answer: the most probable label, its calibrated probability, and the whole distribution (sums to 1). */
export interface HeadClassification<L extends string> {
  readonly label: L;
  readonly confidence: number;
  readonly probabilities: Readonly<Record<L, number>>;
}

/** What one engine run returns before calibration: logits in label order and eight scores in [0,1]. */
export interface RawOutputs {
  readonly complexity: readonly number[];
  readonly task_type: readonly number[];
  readonly risk: readonly number[];
  readonly complexity_sub: Readonly<Record<ComplexitySubScore, number>>;
  readonly risk_sub: Readonly<Record<RiskSubScore, number>>;
  /** Probability that the text is no coding task; null when the graph has no such output. */
  readonly out_of_scope: number | null;
  /** Logits in the order of CATEGORY_LABELS; null when the graph has no such output. */
  readonly category: readonly number[] | null;
}

export type Engine = "onnx" | "fallback";

/** Identity of the model that answered; `sha256` is of the graph (engine onnx) or of the weights file (fallback). */
export interface ModelIdentity {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

/** The classifier's answer for one TaskText; field names are those of POST /api/classify. */
export interface Classification {
  readonly complexity: HeadClassification<Complexity>;
  readonly task_type: HeadClassification<TaskType>;
  readonly risk: HeadClassification<Risk>;
  readonly complexity_sub: Readonly<Record<ComplexitySubScore, number>>;
  readonly risk_sub: Readonly<Record<RiskSubScore, number>>;
  /** The least of the three heads' confidences. */
  readonly overall_confidence: number;
  readonly abstained: boolean;
  readonly abstained_heads: readonly Head[];
  /** null when the model cannot tell. */
  readonly out_of_scope: boolean | null;
  /** P(risk is high), calibrated on its own for the approval gate; null when the model states no such calibration. */
  readonly high_risk_probability: number | null;
  /** What kind of model the text asks for; null when the model cannot tell. */
  readonly category: HeadClassification<Category> | null;
  readonly engine: Engine;
  readonly model: ModelIdentity;
  /** Token ids fed to the model, [CLS] and [SEP] included, after truncation. */
  readonly tokens: number;
  readonly truncated: boolean;
}
