import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Result } from "../../shared/base/result.ts";
import { fail, ok } from "../../shared/base/result.ts";
import type { Engine, ModelIdentity } from "../../shared/task/classification.ts";
import type { ModelConfig } from "../../shared/task/model-config.ts";
import { parseModelConfig } from "../../shared/task/model-config-json.ts";
import { toBagModel } from "../../workers/router/inference/bag-model.ts";
import type { BagModel, Classifier } from "../../workers/router/inference/classifier.ts";
import { makeClassifier } from "../../workers/router/inference/classifier.ts";
import type { GraphModel, TextModel } from "../../workers/router/inference/model-folder.ts";
import { parseFolder, statedSha256, warmUp } from "../../workers/router/inference/model-folder.ts";
import { createNodeSession } from "../../workers/router/inference/node-session.ts";
import { checkSignature } from "../../workers/router/inference/run-graph.ts";
import { importModel } from "../import-model.ts";
import { fileBytes, folderBytes, type ModelSize } from "./model-size.ts";

/** A model folder ready to answer through the router's classifier. */
export interface LoadedModel {
  readonly classifier: Classifier;
  readonly kind: ModelConfig["kind"];
  readonly identity: ModelIdentity;
  /** The file with the graph or the weights, from the model's folder. */
  readonly weightsFile: string;
  readonly size: ModelSize;
}

/** A folder on its way: its checked texts and the one of its weights that the engine runs. */
interface Folder {
  readonly path: string;
  readonly text: TextModel;
  readonly weightsFile: string;
  readonly bytes: Buffer;
  readonly identity: ModelIdentity;
}

const malformed = (what: string, detail: string) => fail({ kind: "malformed_data", what, detail });

function readBytes(folder: string, name: string): Result<Buffer> {
  const path = join(folder, name);
  return existsSync(path) ? ok(readFileSync(path)) : fail({ kind: "not_found", what: "model file", id: path });
}

function readJson(folder: string, name: string): Result<unknown> {
  const bytes = readBytes(folder, name);
  if (!bytes.ok) return bytes;
  try {
    const json: unknown = JSON.parse(bytes.value.toString("utf8"));
    return ok(json);
  } catch {
    return malformed(name, "is no JSON");
  }
}

/** The JSON files, checked as the router checks them. */
function readText(path: string): Result<TextModel> {
  const configJson = readJson(path, "model_config.json");
  if (!configJson.ok) return configJson;
  const config = parseModelConfig(configJson.value);
  if (!config.ok) return config;
  const tokenizer = readJson(path, config.value.files.tokenizer);
  if (!tokenizer.ok) return tokenizer;
  const temperatures = readJson(path, config.value.files.temperatures);
  if (!temperatures.ok) return temperatures;
  const { asides: asidesFile } = config.value.files;
  const asides = asidesFile === null ? ok(null) : readJson(path, asidesFile);
  if (!asides.ok) return asides;
  return parseFolder({
    config: configJson.value,
    tokenizer: tokenizer.value,
    temperatures: temperatures.value,
    asides: asides.value,
  });
}

/** The graph in the form that the router prefers, or the weights of the plain engine; a stated digest must hold. */
function readFolder(path: string, engine: Engine): Result<Folder> {
  const text = readText(path);
  if (!text.ok) return text;
  const { config } = text.value;
  const graphRole = config.files.ort === null ? "onnx" : "ort";
  const role = engine === "onnx" ? graphRole : "fallback";
  const weightsFile = config.files[role];
  if (weightsFile === null) return malformed("model_config", "files.fallback names no weights for the plain engine");
  const bytes = readBytes(path, weightsFile);
  if (!bytes.ok) return bytes;
  const sha256 = createHash("sha256").update(bytes.value).digest("hex");
  const stated = statedSha256(config, role);
  if (stated !== "" && stated !== sha256) return malformed(weightsFile, `has sha256 ${sha256}, stated ${stated}`);
  const { name, version } = config;
  return ok({ path, text: text.value, weightsFile, bytes: bytes.value, identity: { name, version, sha256 } });
}

async function toGraphModel({ text, bytes, identity }: Folder): Promise<Result<GraphModel>> {
  const session = await createNodeSession(bytes);
  if (!session.ok) return session;
  const graph = checkSignature(session.value);
  if (!graph.ok) return graph;
  const warm = await warmUp({ ...text, graph: graph.value });
  return warm.ok ? ok({ ...text, graph: graph.value, identity }) : warm;
}

const loadBag = ({ text, bytes, identity }: Folder): Result<BagModel> =>
  toBagModel(text, { bytes: new Uint8Array(bytes).buffer, sha256: identity.sha256 });

/** The plain engine's weights have a config of their own below the model's folder, or share the model's. */
function weightsFolder(path: string, engine: Engine): string {
  const own = join(path, "fallback");
  return engine === "fallback" && existsSync(join(own, "model_config.json")) ? own : path;
}

async function loadFolder(path: string, engine: Engine): Promise<Result<LoadedModel>> {
  const folder = readFolder(weightsFolder(path, engine), engine);
  if (!folder.ok) return folder;
  const { weightsFile, identity } = folder.value;
  const { kind, files, fallbackShare } = folder.value.text.config;
  // The other engine is left out, so that a text on which the asked one fails is a fault and not another's answer;
  // but a graph that is served together with the plain engine is judged together with it.
  const absent = fail({ kind: "unavailable", what: "engine", detail: `only ${engine} is evaluated` });
  const graphModel = engine === "onnx" ? await toGraphModel(folder.value) : absent;
  const isMixed = engine === "onnx" && fallbackShare > 0;
  const bagFolder = isMixed ? readFolder(weightsFolder(path, "fallback"), "fallback") : folder;
  if (!bagFolder.ok) return bagFolder;
  const bagModel = engine === "fallback" || isMixed ? loadBag(bagFolder.value) : absent;
  const model = engine === "onnx" && !(isMixed && !bagModel.ok) ? graphModel : bagModel;
  if (!model.ok) return model;
  const classifier = makeClassifier({ bundled: { graphModel, bagModel }, configured: null });
  const asides = files.asides === null ? [] : [files.asides];
  const served = ["model_config.json", weightsFile, files.tokenizer, files.temperatures, ...asides];
  const bagBytes = isMixed ? bagFolder.value.bytes.length : 0;
  const size = { servedBytes: fileBytes(folder.value.path, served) + bagBytes, folderBytes: folderBytes(path) };
  return ok({ classifier, kind, identity, weightsFile: relative(path, join(folder.value.path, weightsFile)), size });
}

/**
 * Loads `path` as the router would. An export that still has its spm.model is first imported into a folder of its own,
 * as it must be for the router. Faults say which file is missing or does not fit.
 */
export async function loadModel(path: string, engine: Engine): Promise<Result<LoadedModel>> {
  const isRawExport = existsSync(join(path, "spm.model")) && !existsSync(join(path, "tokenizer.json"));
  if (!isRawExport) return loadFolder(path, engine);
  const imported = mkdtempSync(join(tmpdir(), "model-eval-"));
  try {
    const report = await importModel(path, imported);
    if (!report.ok) return report;
    const loaded = await loadFolder(imported, engine);
    if (!loaded.ok) return loaded;
    const { servedBytes } = loaded.value.size;
    return ok({ ...loaded.value, size: { servedBytes, folderBytes: folderBytes(path) } });
  } finally {
    rmSync(imported, { recursive: true });
  }
}
