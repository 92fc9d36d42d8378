import type { Head } from "./labels.ts";

/** What the graph reads: piece ids, or piece ids and hashed n-grams of them. */
export type FeatureSpec =
  | { readonly kind: "pieces" }
  | {
      readonly kind: "piece_ngrams";
      readonly maxN: 2 | 3;
      readonly buckets: number;
      readonly vocabSize: number;
    };

/** File names inside the model's folder. */
export interface ModelFiles {
  readonly onnx: string;
  /** The same graph in ORT format; preferred where it exists. */
  readonly ort: string | null;
  readonly tokenizer: string;
  readonly temperatures: string;
  /** Weights of the plain-TypeScript engine. */
  readonly fallback: string | null;
  /** The filter of asides; only read where marks are stripped. */
  readonly asides: string | null;
}

/** model_config.json after its defaults. */
export interface ModelConfig {
  readonly name: string;
  readonly version: string;
  readonly kind: "bag" | "transformer" | "foreign";
  /** Cap on token ids, [CLS] and [SEP] included. */
  readonly maxTokens: number;
  /** Pieces kept from the start and the end of a text over the cap; together at most maxTokens - 2. */
  readonly headTokens: number;
  readonly tailTokens: number;
  readonly textPrefix: string;
  readonly lowercase: "ascii" | "none";
  /** Whether runs of spaces and line breaks are read as one. */
  readonly spaces: "collapse" | "keep";
  /** Whether mark-up and asides are left out and all is read as one line; implies collapsed spaces. */
  readonly marks: "strip" | "keep";
  readonly features: FeatureSpec;
  /** A head abstains when its top calibrated probability lies below its threshold. */
  readonly abstention: Readonly<Record<Head, number>>;
  readonly outOfScopeThreshold: number | null;
  /** P(high risk) = sigmoid(scale x margin + bias) of the high logit's margin, fitted on held-out tasks; null where it was not. */
  readonly highRisk: { readonly scale: number; readonly bias: number } | null;
  /** Divisor of the category logits before softmax. */
  readonly categoryTemperature: number;
  /** What the fallback engine's answer weighs beside the graph's, in [0,1); 0 = the graph answers alone. */
  readonly fallbackShare: number;
  readonly files: ModelFiles;
  /** Hex digests by the role in `files` or by file name. */
  readonly sha256: Readonly<Record<string, string>>;
}

/**
 * What a folder without our fields gets: the behaviour of the spawn-router reference, whose code reads "Current: " plus
 * the text, keeps the first 254 pieces and never abstains.
 */
export const FOREIGN_CONFIG: ModelConfig = {
  name: "foreign",
  version: "0",
  kind: "foreign",
  maxTokens: 256,
  headTokens: 254,
  tailTokens: 0,
  textPrefix: "Current: ",
  lowercase: "none",
  spaces: "keep",
  marks: "keep",
  features: { kind: "pieces" },
  abstention: { complexity: 0, task_type: 0, risk: 0 },
  outOfScopeThreshold: null,
  highRisk: null,
  categoryTemperature: 1,
  fallbackShare: 0,
  files: {
    onnx: "spawn_router.int8.onnx",
    ort: null,
    tokenizer: "tokenizer.json",
    temperatures: "temperature_scaling.json",
    fallback: null,
    asides: null,
  },
  sha256: {},
};
