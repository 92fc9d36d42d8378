/**
 * Makes a foreign model folder (a graph with the spawn-router signature, spm.model, model_config.json,
 * temperature_scaling.json) ready for a bucket: `node scripts/import-model.ts FOLDER OUT`.
 */
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Result } from "../shared/base/result.ts";
import { fail, ok } from "../shared/base/result.ts";
import type { ModelConfig } from "../shared/task/model-config.ts";
import { parseModelConfig, toModelConfigJson } from "../shared/task/model-config-json.ts";
import { parseSpmModel } from "../shared/task/spm-model.ts";
import { parseTemperatures } from "../shared/task/temperatures.ts";
import { parseTokenizer } from "../shared/task/tokenize.ts";
import { createNodeSession } from "../workers/router/inference/node-session.ts";
import { checkSignature, runGraph } from "../workers/router/inference/run-graph.ts";

/** What was written, for printing. */
export interface ImportReport {
  readonly config: ModelConfig;
  readonly pieces: number;
  readonly files: readonly string[];
}

const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

const missing = (detail: string) => fail({ kind: "malformed_data", what: "model folder", detail });

function readJson(path: string): Result<unknown> {
  if (!existsSync(path)) return missing(`${path} is missing`);
  try {
    const json: unknown = JSON.parse(readFileSync(path, "utf8"));
    return ok(json);
  } catch {
    return missing(`${path} is no JSON`);
  }
}

/** tokenizer.json text: converted from spm.model, or our own file where the folder already has one. */
function toTokenizerText(folder: string, config: ModelConfig): Result<{ text: string; pieces: number }> {
  const spmPath = join(folder, "spm.model");
  const json = existsSync(spmPath)
    ? parseSpmModel(readFileSync(spmPath))
    : readJson(join(folder, config.files.tokenizer));
  if (!json.ok) return json;
  const tokenizer = parseTokenizer(json.value);
  if (!tokenizer.ok) return tokenizer;
  return ok({ text: JSON.stringify(json.value), pieces: tokenizer.value.pieces.length });
}

/** The graph the config names, or the folder's only graph. */
function findGraph(folder: string, config: ModelConfig): Result<string> {
  const named = config.files.ort ?? config.files.onnx;
  if (existsSync(join(folder, named))) return ok(named);
  const graphs = readdirSync(folder).filter((name) => name.endsWith(".onnx") || name.endsWith(".ort"));
  const [only] = graphs;
  if (only !== undefined && graphs.length === 1) return ok(only);
  return missing(`wanted ${named} or a single graph, found ${graphs.join(", ") || "none"}`);
}

/** Loads the graph, checks names and types, and runs it once with the vocabulary's last id, which proves its size. */
async function checkGraph(bytes: Uint8Array, pieces: number): Promise<Result<void>> {
  const session = await createNodeSession(bytes);
  if (!session.ok) return session;
  const graph = checkSignature(session.value);
  if (!graph.ok) return graph;
  const outputs = await runGraph(graph.value, [1, pieces - 1, 2]);
  await session.value.release();
  return outputs.ok ? ok(undefined) : outputs;
}

/** Reads `folder`, checks everything, then writes `out`; nothing is written when something does not fit. */
export async function importModel(folder: string, out: string): Promise<Result<ImportReport>> {
  const configJson = readJson(join(folder, "model_config.json"));
  if (!configJson.ok) return configJson;
  const config = parseModelConfig(configJson.value);
  if (!config.ok) return config;
  const temperaturesJson = readJson(join(folder, config.value.files.temperatures));
  if (!temperaturesJson.ok) return temperaturesJson;
  const temperatures = parseTemperatures(temperaturesJson.value);
  if (!temperatures.ok) return temperatures;
  const tokenizer = toTokenizerText(folder, config.value);
  if (!tokenizer.ok) return tokenizer;
  const asidesFile = config.value.files.asides;
  const asides = asidesFile === null ? null : readJson(join(folder, asidesFile));
  if (asides?.ok === false) return asides;
  const graphName = findGraph(folder, config.value);
  if (!graphName.ok) return graphName;
  const graph = readFileSync(join(folder, graphName.value));
  const checked = await checkGraph(graph, tokenizer.value.pieces);
  if (!checked.ok) return checked;

  const isOrt = graphName.value.endsWith(".ort");
  const files = {
    ...config.value.files,
    onnx: graphName.value,
    ort: isOrt ? graphName.value : null,
    fallback: null,
  };
  const digests = { [isOrt ? "ort" : "onnx"]: sha256(graph), tokenizer: sha256(tokenizer.value.text) };
  const filled: ModelConfig = { ...config.value, files, sha256: digests };
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, files.tokenizer), tokenizer.value.text);
  writeFileSync(join(out, files.temperatures), `${JSON.stringify(temperatures.value, null, 2)}\n`);
  writeFileSync(join(out, "model_config.json"), `${JSON.stringify(toModelConfigJson(filled), null, 2)}\n`);
  if (asidesFile !== null && asides !== null) writeFileSync(join(out, asidesFile), `${JSON.stringify(asides.value)}\n`);
  copyFileSync(join(folder, graphName.value), join(out, graphName.value));
  const named = asidesFile === null ? [] : [asidesFile];
  const written = [graphName.value, files.tokenizer, files.temperatures, ...named, "model_config.json"];
  return ok({ config: filled, pieces: tokenizer.value.pieces, files: written });
}

async function main(): Promise<void> {
  const [folder, out] = process.argv.slice(2);
  if (folder === undefined || out === undefined) {
    console.error("usage: node scripts/import-model.ts FOLDER OUT");
    process.exitCode = 2;
    return;
  }
  const report = await importModel(folder, out);
  if (!report.ok) {
    console.error(JSON.stringify(report.fault));
    process.exitCode = 1;
    return;
  }
  const { config, pieces, files } = report.value;
  console.log(`${config.name} ${config.version} (${config.kind}): ${pieces} pieces, the graph's signature fits`);
  for (const [role, digest] of Object.entries(config.sha256)) console.log(`sha256 ${role} ${digest}`);
  console.log(
    `wrote ${files.join(", ")} to ${out}; put them under one prefix of the bucket and set MODEL_SOURCE=r2:<prefix>`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
