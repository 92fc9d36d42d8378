import type { Result } from "../base/result.ts";
import { fail, ok } from "../base/result.ts";
import { sigmoid } from "../base/stats.ts";
import { decodeUtf8 } from "../base/utf8.ts";
import type { RawOutputs } from "./classification.ts";
import { CATEGORY_LABELS, COMPLEXITY_LABELS, RISK_LABELS, TASK_TYPE_LABELS } from "./labels.ts";

/**
 * fallback.bin: "SPBAG001", u32 little-endian length of a UTF-8 JSON header, the header, zeros up to a multiple of 4,
 * then the tensors at the offsets the header states. Numbers are little-endian, as on every platform workerd runs on.
 */
const MAGIC = "SPBAG001";
const HEADER_AT = MAGIC.length + 4;
const SUB_SCORES = 8;

/** One dense layer: weight is [inputs, outputs] in rows. */
interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/** The embedding bag with one hidden layer and its heads. */
export interface Bag {
  /** Feature ids run from 0 to rows - 1. */
  readonly rows: number;
  readonly width: number;
  readonly embedding: Int8Array;
  readonly scale: number;
  readonly hidden: Layer;
  readonly complexity: Layer;
  readonly taskType: Layer;
  readonly risk: Layer;
  readonly sub: Layer;
  readonly outOfScope: Layer | null;
  readonly category: Layer | null;
}

interface Tensor {
  readonly dtype: "i8" | "f32";
  readonly shape: readonly number[];
  readonly scale: number | null;
  readonly bytes: Uint8Array;
}

const malformed = (detail: string) => fail({ kind: "malformed_data", what: "fallback weights", detail });

const isCount = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0;

const asObject = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? { ...value } : {};

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function parseTensor(entry: Readonly<Record<string, unknown>>, data: Uint8Array): Result<Tensor> {
  const { name, dtype, scale = null, offset, bytes } = entry;
  const shape = asList(entry.shape).filter(isCount);
  if ((dtype !== "i8" && dtype !== "f32") || shape.length === 0) return malformed(`tensor ${name} has no known type`);
  if (scale !== null && (typeof scale !== "number" || !Number.isFinite(scale))) return malformed(`scale of ${name}`);
  if (!isCount(offset) || !isCount(bytes) || offset + bytes > data.length) return malformed(`${name} is cut short`);
  const size = shape.reduce((a, b) => a * b, dtype === "f32" ? 4 : 1);
  if (size !== bytes) return malformed(`${name} has ${bytes} bytes for shape ${shape.join("x")}`);
  return ok({ dtype, shape, scale, bytes: data.subarray(offset, offset + bytes) });
}

function parseHeader(file: Uint8Array): Result<ReadonlyMap<string, Tensor>> {
  if (file.length < HEADER_AT || decodeUtf8(file.subarray(0, MAGIC.length)) !== MAGIC) return malformed("wrong magic");
  const headerBytes = new DataView(file.buffer, file.byteOffset, file.byteLength).getUint32(MAGIC.length, true);
  const headerEnd = HEADER_AT + headerBytes;
  if (headerEnd > file.length) return malformed("the header is cut short");
  let header: unknown;
  try {
    header = JSON.parse(decodeUtf8(file.subarray(HEADER_AT, headerEnd)));
  } catch {
    return malformed("the header is no JSON");
  }
  const data = file.subarray(Math.ceil(headerEnd / 4) * 4);
  const tensors = new Map<string, Tensor>();
  for (const entry of asList(asObject(header).tensors).map(asObject)) {
    const tensor = parseTensor(entry, data);
    if (!tensor.ok) return tensor;
    if (typeof entry.name === "string") tensors.set(entry.name, tensor.value);
  }
  return ok(tensors);
}

/** f32 values of a tensor; copied, since a view would need four-byte alignment in the file. */
const toFloats = (tensor: Tensor): Float32Array => new Float32Array(tensor.bytes.slice().buffer);

interface LayerWanted {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly name: string;
  readonly inputs: number;
  /** null accepts any. */
  readonly outputs: number | null;
}

function parseLayer({ tensors, name, inputs, outputs }: LayerWanted): Result<Layer> {
  const weight = tensors.get(`${name}.weight`);
  const bias = tensors.get(`${name}.bias`);
  if (weight?.dtype !== "f32" || bias?.dtype !== "f32") return malformed(`${name} is missing`);
  const [rows, columns = 0] = weight.shape;
  const fits = weight.shape.length === 2 && rows === inputs && (outputs === null || columns === outputs);
  if (!fits || bias.shape.length !== 1 || bias.shape[0] !== columns) return malformed(`${name} has another shape`);
  const layer = { inputs, outputs: columns, weight: toFloats(weight), bias: toFloats(bias) };
  const finite = layer.weight.every(Number.isFinite) && layer.bias.every(Number.isFinite);
  return finite ? ok(layer) : malformed(`${name} holds a number that is not finite`);
}

/** Reads fallback.bin; `malformed_data` names the tensor that is missing, cut short or misshapen. */
export function parseBag(buffer: ArrayBuffer): Result<Bag> {
  const header = parseHeader(new Uint8Array(buffer));
  if (!header.ok) return header;
  const tensors = header.value;
  const embedding = tensors.get("embedding");
  const [rows, width] = embedding?.shape ?? [];
  if (embedding?.dtype !== "i8" || embedding.scale === null || rows === undefined || width === undefined) {
    return malformed("embedding is missing or no scaled i8 matrix");
  }
  const hidden = parseLayer({ tensors, name: "hidden", inputs: width, outputs: null });
  if (!hidden.ok) return hidden;
  const head = (name: string, outputs: number) => parseLayer({ tensors, name, inputs: hidden.value.outputs, outputs });
  const complexity = head("complexity", COMPLEXITY_LABELS.length);
  if (!complexity.ok) return complexity;
  const taskType = head("task_type", TASK_TYPE_LABELS.length);
  if (!taskType.ok) return taskType;
  const risk = head("risk", RISK_LABELS.length);
  if (!risk.ok) return risk;
  const sub = head("sub", SUB_SCORES);
  if (!sub.ok) return sub;
  const outOfScope = tensors.has("out_of_scope.weight") ? head("out_of_scope", 1) : ok(null);
  if (!outOfScope.ok) return outOfScope;
  const category = tensors.has("category.weight") ? head("category", CATEGORY_LABELS.length) : ok(null);
  if (!category.ok) return category;
  const { bytes } = embedding;
  return ok({
    rows,
    width,
    embedding: new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length),
    scale: embedding.scale,
    hidden: hidden.value,
    complexity: complexity.value,
    taskType: taskType.value,
    risk: risk.value,
    sub: sub.value,
    outOfScope: outOfScope.value,
    category: category.value,
  });
}

// Index reads below stay inside arrays whose sizes parseBag() checked; `?? 0` only satisfies the index check.
function runLayer(layer: Layer, input: Float64Array): Float64Array {
  const output = Float64Array.from(layer.bias);
  for (let i = 0; i < layer.inputs; i++) {
    const x = input[i] ?? 0;
    if (x === 0) continue;
    const row = i * layer.outputs;
    for (let j = 0; j < layer.outputs; j++) output[j] = (output[j] ?? 0) + x * (layer.weight[row + j] ?? 0);
  }
  return output;
}

/** Sum of the rows divided by the root of their number, so that long and short texts have like norms. */
function poolRows(bag: Bag, featureIds: readonly number[]): Float64Array {
  const sums = new Float64Array(bag.width);
  for (const id of featureIds) {
    if (!Number.isInteger(id) || id < 0 || id >= bag.rows) throw new RangeError(`feature id ${id} of ${bag.rows} rows`);
    const row = id * bag.width;
    for (let j = 0; j < bag.width; j++) sums[j] = (sums[j] ?? 0) + (bag.embedding[row + j] ?? 0);
  }
  const factor = bag.scale / Math.sqrt(Math.max(1, featureIds.length));
  return sums.map((sum) => sum * factor);
}

/** Logits and scores for `featureIds`, about 0.1 ms. Throws RangeError on an id outside the table (wrong vocabulary). */
export function runBag(bag: Bag, featureIds: readonly number[]): RawOutputs {
  const hidden = runLayer(bag.hidden, poolRows(bag, featureIds)).map((x) => Math.max(0, x));
  const [reasoning = 0, scope = 0, domain = 0, spec = 0, security = 0, data = 0, production = 0, reversal = 0] =
    runLayer(bag.sub, hidden).map(sigmoid);
  return {
    complexity: [...runLayer(bag.complexity, hidden)],
    task_type: [...runLayer(bag.taskType, hidden)],
    risk: [...runLayer(bag.risk, hidden)],
    complexity_sub: {
      reasoning_depth: reasoning,
      scope_breadth: scope,
      domain_knowledge: domain,
      spec_completeness: spec,
    },
    risk_sub: {
      security_surface: security,
      data_sensitivity: data,
      production_exposure: production,
      reversal_cost: reversal,
    },
    category: bag.category === null ? null : [...runLayer(bag.category, hidden)],
    out_of_scope: bag.outOfScope === null ? null : sigmoid(runLayer(bag.outOfScope, hidden)[0] ?? 0),
  };
}
