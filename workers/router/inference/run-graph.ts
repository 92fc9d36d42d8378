import type { InferenceSession } from "onnxruntime-web/wasm";
import { Tensor } from "onnxruntime-web/wasm";
import type { Result } from "../../../shared/base/result.ts";
import { fail, ok } from "../../../shared/base/result.ts";
import type { RawOutputs } from "../../../shared/task/classification.ts";
import {
  CATEGORY_LABELS,
  COMPLEXITY_LABELS,
  COMPLEXITY_SUB_SCORES,
  RISK_LABELS,
  RISK_SUB_SCORES,
  TASK_TYPE_LABELS,
} from "../../../shared/task/labels.ts";

/** A session whose signature has been checked. */
export interface Graph {
  readonly session: InferenceSession;
  readonly inputNames: ReadonlySet<string>;
}

type Feeds = Record<string, Tensor>;
type Outputs = Readonly<Record<string, Tensor>>;

const malformed = (detail: string) => fail({ kind: "malformed_data", what: "graph", detail });

const int64 = (values: readonly number[], dims: readonly number[]): Tensor =>
  new Tensor("int64", BigInt64Array.from(values, BigInt), dims);

/**
 * Inputs a graph may declare beside ids and mask, with the values that mean "text only": no previous action (0),
 * unknown outcome (4), no interaction. They are those of the spawn-router reference.
 */
const SENTINELS: Readonly<Record<string, () => Tensor>> = {
  previous_action_id: () => int64([0], [1]),
  previous_outcome_id: () => int64([4], [1]),
  has_interaction: () => int64([0], [1]),
  has_recency: () => int64([0], [1]),
  log_recency_seconds: () => new Tensor("float32", new Float32Array(1), [1]),
};

const TEXT_INPUTS = ["input_ids", "attention_mask"];

/** Every output that must be there, with its number of values. */
const REQUIRED_OUTPUTS: Readonly<Record<string, number>> = {
  complexity_logits: COMPLEXITY_LABELS.length,
  task_type_logits: TASK_TYPE_LABELS.length,
  risk_logits: RISK_LABELS.length,
  ...Object.fromEntries(COMPLEXITY_SUB_SCORES.map((name) => [`complexity_sub_${name}`, 1])),
  ...Object.fromEntries(RISK_SUB_SCORES.map((name) => [`risk_sub_${name}`, 1])),
};

/** Our own graphs may add these: the probability that the text is no coding task, and the kind of model it asks for. */
const OUT_OF_SCOPE = "out_of_scope";
const CATEGORY = "category_logits";

/** Names and types against the contract; `malformed_data` names what is missing or cannot be fed. */
export function checkSignature(session: InferenceSession): Result<Graph> {
  const inputNames = new Set(session.inputNames);
  const missingInput = TEXT_INPUTS.find((name) => !inputNames.has(name));
  if (missingInput !== undefined) return malformed(`input ${missingInput} is missing`);
  const feeds = toFeeds(inputNames, [0]);
  for (const input of session.inputMetadata) {
    const feed = feeds[input.name];
    if (feed === undefined) return malformed(`input ${input.name} is not known`);
    if (input.isTensor && input.type !== feed.type) return malformed(`input ${input.name} wants ${input.type}`);
  }
  const missing = Object.keys(REQUIRED_OUTPUTS).find((name) => !session.outputNames.includes(name));
  return missing === undefined ? ok({ session, inputNames }) : malformed(`output ${missing} is missing`);
}

function toFeeds(inputNames: ReadonlySet<string>, inputIds: readonly number[]): Feeds {
  const dims = [1, inputIds.length];
  const feeds: Feeds = {
    input_ids: int64(inputIds, dims),
    attention_mask: int64(new Array<number>(inputIds.length).fill(1), dims),
  };
  for (const [name, make] of Object.entries(SENTINELS)) {
    if (inputNames.has(name)) feeds[name] = make();
  }
  return feeds;
}

/** Finite 32-bit values of one output, or null when it is missing, of another size, or not finite. */
function valuesOf(outputs: Outputs, name: string, size: number): readonly number[] | null {
  const data = outputs[name]?.data;
  if (!(data instanceof Float32Array) || data.length !== size || !data.every(Number.isFinite)) return null;
  return [...data];
}

function toRawOutputs(outputs: Outputs): Result<RawOutputs> {
  const values = new Map<string, readonly number[]>();
  for (const [name, size] of Object.entries(REQUIRED_OUTPUTS)) {
    const found = valuesOf(outputs, name, size);
    if (found === null) return malformed(`output ${name} is not ${size} finite float32`);
    values.set(name, found);
  }
  const outOfScope = outputs[OUT_OF_SCOPE] === undefined ? null : valuesOf(outputs, OUT_OF_SCOPE, 1);
  const category = outputs[CATEGORY] === undefined ? null : valuesOf(outputs, CATEGORY, CATEGORY_LABELS.length);
  if (category === null && outputs[CATEGORY] !== undefined) return malformed(`output ${CATEGORY} is no list of 7`);
  if (outOfScope === null && outputs[OUT_OF_SCOPE] !== undefined)
    return malformed(`output ${OUT_OF_SCOPE} is no score`);
  // The loop above filled every name of REQUIRED_OUTPUTS.
  const list = (name: string): readonly number[] => values.get(name) ?? [];
  const score = (name: string): number => list(name)[0] ?? 0;
  return ok({
    complexity: list("complexity_logits"),
    task_type: list("task_type_logits"),
    risk: list("risk_logits"),
    complexity_sub: {
      reasoning_depth: score("complexity_sub_reasoning_depth"),
      scope_breadth: score("complexity_sub_scope_breadth"),
      domain_knowledge: score("complexity_sub_domain_knowledge"),
      spec_completeness: score("complexity_sub_spec_completeness"),
    },
    risk_sub: {
      security_surface: score("risk_sub_security_surface"),
      data_sensitivity: score("risk_sub_data_sensitivity"),
      production_exposure: score("risk_sub_production_exposure"),
      reversal_cost: score("risk_sub_reversal_cost"),
    },
    out_of_scope: outOfScope?.[0] ?? null,
    category,
  });
}

/**
 * One run on [1, n] ids. Safe to call concurrently: the wasm provider runs each call to its end. `malformed_data` when
 * the runtime refuses the input or an output is not what the contract says.
 */
export async function runGraph(graph: Graph, inputIds: readonly number[]): Promise<Result<RawOutputs>> {
  let outputs: Outputs;
  try {
    outputs = await graph.session.run(toFeeds(graph.inputNames, inputIds));
  } catch (error) {
    return malformed(error instanceof Error ? error.message : String(error));
  }
  return toRawOutputs(outputs);
}
