import type { Result } from "../../../shared/base/result.ts";
import { fail, ok } from "../../../shared/base/result.ts";
import { decodeUtf8 } from "../../../shared/base/utf8.ts";
import type { ModelConfig } from "../../../shared/task/model-config.ts";
import { parseModelConfig } from "../../../shared/task/model-config-json.ts";
import { sha256Hex } from "../../platform/crypto.ts";
import type { LazyModel } from "./lazy-model.ts";
import { makeLazyModel } from "./lazy-model.ts";
import type { GraphModel } from "./model-folder.ts";
import { parseFolder, statedSha256, warmUp } from "./model-folder.ts";
import { createSession } from "./ort-session.ts";
import { checkSignature } from "./run-graph.ts";

/** Bytes of one object of the bucket, or null when there is none; a bucket out of reach is a fault, not an absence. */
export type ReadModelFile = (key: string) => Promise<Result<ArrayBuffer | null>>;

/** The isolate's one session on a configured graph; a second prefix takes the place of the first. */
let held: { readonly prefix: string; readonly model: LazyModel<GraphModel> } | null = null;

/** The holder of the model under `prefix`; the same one for every request of the isolate. */
export function r2Model(prefix: string): LazyModel<GraphModel> {
  if (held?.prefix !== prefix) held = { prefix, model: makeLazyModel<GraphModel>() };
  return held.model;
}

interface Folder {
  readonly prefix: string;
  readonly readModelFile: ReadModelFile;
}

async function readBytes(folder: Folder, name: string): Promise<Result<ArrayBuffer>> {
  const key = folder.prefix === "" ? name : `${folder.prefix.replace(/\/+$/, "")}/${name}`;
  const read = await folder.readModelFile(key);
  if (!read.ok) return read;
  if (read.value !== null) return ok(read.value);
  return fail({ kind: "unavailable", what: "model file", detail: `${key} is missing` });
}

async function readJson(folder: Folder, name: string): Promise<Result<unknown>> {
  const bytes = await readBytes(folder, name);
  if (!bytes.ok) return bytes;
  try {
    const json: unknown = JSON.parse(decodeUtf8(new Uint8Array(bytes.value)));
    return ok(json);
  } catch {
    return fail({ kind: "malformed_data", what: name, detail: "is no JSON" });
  }
}

/** The ORT format where the folder has it: it loads with about half the CPU. */
async function readGraph(folder: Folder, config: ModelConfig) {
  const role = config.files.ort === null ? "onnx" : "ort";
  const name = config.files.ort ?? config.files.onnx;
  const bytes = await readBytes(folder, name);
  if (!bytes.ok) return bytes;
  const sha256 = await sha256Hex(new Uint8Array(bytes.value));
  const stated = statedSha256(config, role);
  if (stated !== "" && stated !== sha256) {
    return fail({ kind: "malformed_data", what: "graph", detail: `${name} has sha256 ${sha256}, stated ${stated}` });
  }
  return ok({ bytes: bytes.value, sha256, format: name.endsWith(".ort") ? ("ort" as const) : ("onnx" as const) });
}

/** Reads and checks the folder under `prefix` and runs it once. Faults: `unavailable` file or storage, `malformed_data`. */
export async function loadR2Model(folder: Folder): Promise<Result<GraphModel>> {
  const configJson = await readJson(folder, "model_config.json");
  if (!configJson.ok) return configJson;
  const config = parseModelConfig(configJson.value);
  if (!config.ok) return config;
  const tokenizer = await readJson(folder, config.value.files.tokenizer);
  if (!tokenizer.ok) return tokenizer;
  const temperatures = await readJson(folder, config.value.files.temperatures);
  if (!temperatures.ok) return temperatures;
  const { asides: asidesFile } = config.value.files;
  const asides = asidesFile === null ? null : await readJson(folder, asidesFile);
  if (asides?.ok === false) return asides;
  const text = parseFolder({
    asides: asides?.value,
    tokenizer: tokenizer.value,
    config: configJson.value,
    temperatures: temperatures.value,
  });
  if (!text.ok) return text;
  const file = await readGraph(folder, config.value);
  if (!file.ok) return file;
  const session = await createSession(file.value);
  if (!session.ok) return session;
  const graph = checkSignature(session.value);
  if (!graph.ok) return graph;
  const warm = await warmUp({ ...text.value, graph: graph.value });
  if (!warm.ok) return warm;
  const { name, version } = config.value;
  return ok({ ...text.value, graph: graph.value, identity: { name, version, sha256: file.value.sha256 } });
}
