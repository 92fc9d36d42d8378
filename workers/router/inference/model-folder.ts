import type { Result } from "../../../shared/base/result.ts";
import { ok } from "../../../shared/base/result.ts";
import { type AsideModel, parseAsides } from "../../../shared/task/asides.ts";
import type { ModelIdentity } from "../../../shared/task/classification.ts";
import { toFeatures } from "../../../shared/task/features.ts";
import type { ModelConfig } from "../../../shared/task/model-config.ts";
import { parseModelConfig } from "../../../shared/task/model-config-json.ts";
import type { Temperatures } from "../../../shared/task/temperatures.ts";
import { parseTemperatures } from "../../../shared/task/temperatures.ts";
import type { Tokenizer } from "../../../shared/task/tokenize.ts";
import { parseTokenizer } from "../../../shared/task/tokenize.ts";
import type { Graph } from "./run-graph.ts";
import { runGraph } from "./run-graph.ts";

/** A model folder's JSON files, not yet checked. */
export interface FolderJson {
  readonly tokenizer: unknown;
  readonly config: unknown;
  readonly temperatures: unknown;
  /** Read where the config names such a file. */
  readonly asides?: unknown;
  /** The tokenizer and asides where another engine has read the same files: they take 20 ms to check and index. */
  readonly known?: Pick<TextModel, "tokenizer" | "asides"> | undefined;
}

/** What both engines need beside their weights. */
export interface TextModel {
  readonly tokenizer: Tokenizer;
  readonly config: ModelConfig;
  readonly temperatures: Temperatures;
  /** null: the model reads the whole text. */
  readonly asides: AsideModel | null;
}

/** A model that runs in ONNX Runtime. */
export interface GraphModel extends TextModel {
  readonly graph: Graph;
  readonly identity: ModelIdentity;
}

const toAsides = ({ asides, known }: FolderJson): Result<AsideModel> =>
  known === undefined || known.asides === null ? parseAsides(asides) : ok(known.asides);

/** Checks the files; `malformed_data` says which does not fit. */
export function parseFolder(json: FolderJson): Result<TextModel> {
  const { known } = json;
  const tokenizer = known === undefined ? parseTokenizer(json.tokenizer) : ok(known.tokenizer);
  if (!tokenizer.ok) return tokenizer;
  const config = parseModelConfig(json.config);
  if (!config.ok) return config;
  const temperatures = parseTemperatures(json.temperatures);
  if (!temperatures.ok) return temperatures;
  const asides = config.value.files.asides === null ? ok(null) : toAsides(json);
  if (!asides.ok) return asides;
  return ok({
    tokenizer: tokenizer.value,
    config: config.value,
    temperatures: temperatures.value,
    asides: asides.value,
  });
}

/** Digest that the config states for the role, by role or by the role's file name; "" when it states none. */
export function statedSha256(config: ModelConfig, role: "onnx" | "ort" | "fallback"): string {
  const file = config.files[role];
  return config.sha256[role] ?? (file === null ? "" : (config.sha256[file] ?? ""));
}

/** One run on a short task: proves outputs and vocabulary against the graph, and warms its code. */
export async function warmUp(model: TextModel & { readonly graph: Graph }): Promise<Result<void>> {
  const features = toFeatures({ taskText: "fix the failing test", ...model });
  const outputs = await runGraph(model.graph, features.inputIds);
  return outputs.ok ? ok(undefined) : outputs;
}
