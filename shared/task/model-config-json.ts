import type { Result } from "../base/result.ts";
import { fail, ok } from "../base/result.ts";
import type { Head } from "./labels.ts";
import { HEADS } from "./labels.ts";
import type { FeatureSpec, ModelConfig, ModelFiles } from "./model-config.ts";
import { FOREIGN_CONFIG } from "./model-config.ts";

type JsonObject = Readonly<Record<string, unknown>>;

const malformed = (detail: string) => fail({ kind: "malformed_data", what: "model_config", detail });

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

const isCount = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0;

const isFiniteNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

const isProbability = (value: unknown): value is number => typeof value === "number" && value >= 0 && value <= 1;

function parseFeatures(value: unknown): Result<FeatureSpec> {
  if (!isObject(value)) return malformed("features is no object");
  if (value.kind === "pieces") return ok({ kind: "pieces" });
  if (value.kind !== "piece_ngrams") return malformed(`features.kind is ${JSON.stringify(value.kind)}`);
  const { max_n: maxN, buckets, vocab_size: vocabSize } = value;
  if (maxN !== 2 && maxN !== 3) return malformed("features.max_n is not 2 or 3");
  if (!isCount(buckets) || buckets === 0) return malformed("features.buckets is no positive integer");
  if (!isCount(vocabSize) || vocabSize === 0) return malformed("features.vocab_size is no positive integer");
  return ok({ kind: "piece_ngrams", maxN, buckets, vocabSize });
}

function parseFiles(value: unknown): Result<ModelFiles> {
  if (value === undefined) return ok(FOREIGN_CONFIG.files);
  if (!isObject(value)) return malformed("files is no object");
  const { onnx, ort = null, tokenizer, temperatures, fallback = null, asides = null } = value;
  // A graph that is served from its .ort form alone needs no .onnx beside it.
  const graph = isText(onnx) ? onnx : ort;
  if (!isText(graph)) return malformed("files.onnx is no file name");
  if (ort !== null && !isText(ort)) return malformed("files.ort is no file name");
  if (!isText(tokenizer)) return malformed("files.tokenizer is no file name");
  if (!isText(temperatures)) return malformed("files.temperatures is no file name");
  if (fallback !== null && !isText(fallback)) return malformed("files.fallback is no file name");
  if (asides !== null && !isText(asides)) return malformed("files.asides is no file name");
  return ok({ onnx: graph, ort, tokenizer, temperatures, fallback, asides });
}

function parseAbstention(value: unknown): Result<Readonly<Record<Head, number>>> {
  if (value === undefined) return ok(FOREIGN_CONFIG.abstention);
  if (!isObject(value)) return malformed("abstention is no object");
  const { complexity, task_type, risk } = value;
  if (!isProbability(complexity) || !isProbability(task_type) || !isProbability(risk)) {
    return malformed(`abstention wants a probability for each of ${HEADS.join(", ")}`);
  }
  return ok({ complexity, task_type, risk });
}

function parseHighRisk(value: unknown): Result<ModelConfig["highRisk"]> {
  if (value === undefined || value === null) return ok(null);
  if (!isObject(value)) return malformed("high_risk is no object");
  const { scale, bias } = value;
  // A line that falls with the margin would open the gate for what it should hold.
  if (!isFiniteNumber(scale) || scale <= 0 || !isFiniteNumber(bias))
    return malformed("high_risk wants a scale above 0 and a finite bias");
  return ok({ scale, bias });
}

function parseSha256(value: unknown): Result<Readonly<Record<string, string>>> {
  if (value === undefined) return ok({});
  if (!isObject(value)) return malformed("sha256 is no object");
  const digests: Record<string, string> = {};
  for (const [name, digest] of Object.entries(value)) {
    if (digest === null) continue;
    if (typeof digest !== "string" || !/^[0-9a-f]{64}$/.test(digest)) return malformed(`sha256.${name} is no digest`);
    digests[name] = digest;
  }
  return ok(digests);
}

function parseNormalize(value: unknown): Result<Pick<ModelConfig, "lowercase" | "spaces" | "marks">> {
  const { lowercase, spaces = "keep", marks = "keep" } = isObject(value) ? value : {};
  if (lowercase !== "ascii" && lowercase !== "none") return malformed("normalize.lowercase is unknown");
  if (spaces !== "collapse" && spaces !== "keep") return malformed("normalize.spaces is unknown");
  if (marks !== "strip" && marks !== "keep") return malformed("normalize.marks is unknown");
  return ok({ lowercase, spaces, marks });
}

interface Cap {
  readonly maxTokens: number;
  readonly headTokens: number;
  readonly tailTokens: number;
}

function parseCap(json: JsonObject): Result<Cap> {
  const { max_tokens: maxTokens, head_tokens: headTokens, tail_tokens: tailTokens } = json;
  if (!isCount(maxTokens) || maxTokens < 3) return malformed("max_tokens is no integer of at least 3");
  if (!isCount(headTokens) || !isCount(tailTokens) || headTokens + tailTokens > maxTokens - 2) {
    return malformed("head_tokens and tail_tokens do not fit into max_tokens - 2");
  }
  return ok({ maxTokens, headTokens, tailTokens });
}

/** Our own shape, in which every field that changes an answer must be stated. */
function parseOwnConfig(json: JsonObject): Result<ModelConfig> {
  const { name, version, kind, text_prefix: textPrefix, out_of_scope_threshold: threshold = null } = json;
  if (!isText(name) || !isText(version)) return malformed("name or version is missing");
  if (kind !== "bag" && kind !== "transformer" && kind !== "foreign") return malformed("kind is unknown");
  if (typeof textPrefix !== "string") return malformed("text_prefix is no text");
  const { category_temperature: categoryTemperature = 1 } = json;
  if (!isFiniteNumber(categoryTemperature) || categoryTemperature <= 0)
    return malformed("category_temperature is not above 0");
  const { fallback_share: fallbackShare = 0 } = json;
  if (!isProbability(fallbackShare) || fallbackShare === 1) return malformed("fallback_share is not in [0, 1)");
  const highRisk = parseHighRisk(json.high_risk);
  if (!highRisk.ok) return highRisk;
  if (threshold !== null && !isProbability(threshold)) return malformed("out_of_scope_threshold is no probability");
  const normalize = parseNormalize(json.normalize);
  if (!normalize.ok) return normalize;
  const cap = parseCap(json);
  if (!cap.ok) return cap;
  const features = parseFeatures(json.features);
  if (!features.ok) return features;
  const abstention = parseAbstention(json.abstention);
  if (!abstention.ok) return abstention;
  const files = parseFiles(json.files);
  if (!files.ok) return files;
  const sha256 = parseSha256(json.sha256);
  if (!sha256.ok) return sha256;
  return ok({
    name,
    version,
    kind,
    ...cap.value,
    textPrefix,
    ...normalize.value,
    features: features.value,
    abstention: abstention.value,
    outOfScopeThreshold: threshold,
    highRisk: highRisk.value,
    categoryTemperature,
    fallbackShare,
    files: files.value,
    sha256: sha256.value,
  });
}

/**
 * model_config.json. One without `kind` comes from another trainer: its name is kept where it has one, its digests and
 * everything else are FOREIGN_CONFIG. A file that states our `kind` must state the rest; else `malformed_data`.
 */
export function parseModelConfig(json: unknown): Result<ModelConfig> {
  if (!isObject(json)) return malformed("the file holds no object");
  if (json.kind !== undefined) return parseOwnConfig(json);
  return ok({
    ...FOREIGN_CONFIG,
    name: isText(json.name) ? json.name : FOREIGN_CONFIG.name,
    version: isText(json.version) ? json.version : FOREIGN_CONFIG.version,
  });
}

/** model_config.json of a config: what parseModelConfig() reads back to the same value. */
export function toModelConfigJson(config: ModelConfig): JsonObject {
  const { features } = config;
  return {
    name: config.name,
    version: config.version,
    kind: config.kind,
    max_tokens: config.maxTokens,
    head_tokens: config.headTokens,
    tail_tokens: config.tailTokens,
    text_prefix: config.textPrefix,
    normalize: { lowercase: config.lowercase, spaces: config.spaces, marks: config.marks },
    features:
      features.kind === "pieces"
        ? { kind: features.kind }
        : { kind: features.kind, max_n: features.maxN, buckets: features.buckets, vocab_size: features.vocabSize },
    abstention: config.abstention,
    out_of_scope_threshold: config.outOfScopeThreshold,
    high_risk: config.highRisk,
    category_temperature: config.categoryTemperature,
    fallback_share: config.fallbackShare,
    files: config.files,
    sha256: config.sha256,
  };
}
