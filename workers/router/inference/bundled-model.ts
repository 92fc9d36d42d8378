import asidesJson from "../../../models/kickoff-1/asides.json";
import fallbackBytes from "../../../models/kickoff-1/fallback/fallback.bin";
import fallbackConfigJson from "../../../models/kickoff-1/fallback/model_config.json";
import fallbackTemperaturesJson from "../../../models/kickoff-1/fallback/temperature_scaling.json";
import graphBytes from "../../../models/kickoff-1/model.ort";
import configJson from "../../../models/kickoff-1/model_config.json";
import temperaturesJson from "../../../models/kickoff-1/temperature_scaling.json";
import tokenizerJson from "../../../models/kickoff-1/tokenizer.json";
import type { Result } from "../../../shared/base/result.ts";
import { fail, ok } from "../../../shared/base/result.ts";
import { toBagModel } from "./bag-model.ts";
import type { BagModel, BundledModel } from "./classifier.ts";
import type { GraphModel, TextModel } from "./model-folder.ts";
import { parseFolder, statedSha256, warmUp } from "./model-folder.ts";
import { createSession } from "./ort-session.ts";
import { checkSignature } from "./run-graph.ts";

/** The fallback reads other features and was calibrated on its own; it shares the vocabulary and the filter of asides alone. */
function loadBagModel(): Result<BagModel> {
  const json = {
    tokenizer: tokenizerJson,
    config: fallbackConfigJson,
    temperatures: fallbackTemperaturesJson,
    asides: asidesJson,
  };
  const text = parseFolder(json);
  if (!text.ok) return text;
  return toBagModel(text.value, { bytes: fallbackBytes, sha256: statedSha256(text.value.config, "fallback") });
}

async function loadGraphModel(text: TextModel): Promise<Result<GraphModel>> {
  const session = await createSession({ bytes: graphBytes, format: "ort" });
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
  return { graphModel, bagModel: await orFault(loadBagModel) };
}

/** The model in the bundle: its session, or why there is none, and the weights of the plain-TypeScript engine. */
export const bundledModel: BundledModel = await loadBundledModel();
