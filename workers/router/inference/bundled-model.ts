import asidesJson from "../../../models/kickoff-1/asides.json";
import fallbackConfigJson from "../../../models/kickoff-1/fallback/model_config.json";
import fallbackTemperaturesJson from "../../../models/kickoff-1/fallback/temperature_scaling.json";
import configJson from "../../../models/kickoff-1/model_config.json";
import fallbackPacked from "../../../models/kickoff-1/packed/fallback.bin";
import graphPacked from "../../../models/kickoff-1/packed/graph.bin";
import temperaturesJson from "../../../models/kickoff-1/temperature_scaling.json";
import tokenizerJson from "../../../models/kickoff-1/tokenizer.json";
import type { Result } from "../../../shared/base/result.ts";
import { fail, ok } from "../../../shared/base/result.ts";
import { unpackFile } from "../../../shared/task/packed-file.ts";
import { toBagModel } from "./bag-model.ts";
import type { BagModel, BundledModel } from "./classifier.ts";
import type { GraphModel, TextModel } from "./model-folder.ts";
import { parseFolder, statedSha256, warmUp } from "./model-folder.ts";
import { createSession } from "./ort-session.ts";
import { checkSignature } from "./run-graph.ts";

/** The fallback reads other features and was calibrated on its own; it shares the vocabulary and the filter of asides alone. */
function loadBagModel(known: TextModel | undefined): Result<BagModel> {
  const json = {
    tokenizer: tokenizerJson,
    config: fallbackConfigJson,
    temperatures: fallbackTemperaturesJson,
    asides: asidesJson,
    known,
  };
  const text = parseFolder(json);
  if (!text.ok) return text;
  const bytes = unpackFile(fallbackPacked);
  if (!bytes.ok) return bytes;
  return toBagModel(text.value, { bytes: bytes.value, sha256: statedSha256(text.value.config, "fallback") });
}

async function loadGraphModel(text: TextModel): Promise<Result<GraphModel>> {
  const bytes = unpackFile(graphPacked);
  if (!bytes.ok) return bytes;
  const session = await createSession({ bytes: bytes.value, format: "ort" });
  if (!session.ok) return session;
  const graph = checkSignature(session.value);
  if (!graph.ok) return graph;
  const warm = await warmUp({ ...text, graph: graph.value });
  if (!warm.ok) return warm;
  const { name, version } = text.config;
  return ok({ ...text, graph: graph.value, identity: { name, version, sha256: statedSha256(text.config, "ort") } });
}

/** Whatever happens at start-up, the worker must start, and one engine's throw must not take the other with it. */
async function orFault<T>(load: () => Result<T> | Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await load();
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return fail({ kind: "malformed_data", what: "bundled model", detail });
  }
}

/** Runs at start-up, so that no request pays for it. */
async function loadBundledModel(): Promise<BundledModel> {
  const json = { tokenizer: tokenizerJson, config: configJson, temperatures: temperaturesJson, asides: asidesJson };
  const text = await orFault(() => parseFolder(json));
  const graphModel = text.ok ? await orFault(() => loadGraphModel(text.value)) : text;
  const known = text.ok ? text.value : undefined;
  return { graphModel, bagModel: await orFault(() => loadBagModel(known)) };
}

/** The model in the bundle: its session, or why there is none, and the weights of the plain-TypeScript engine. */
export const bundledModel: BundledModel = await loadBundledModel();
