import fallbackBytes from "../../../models/kickoff-0/fallback.bin";
import graphBytes from "../../../models/kickoff-0/model.ort";
import configJson from "../../../models/kickoff-0/model_config.json";
import temperaturesJson from "../../../models/kickoff-0/temperature_scaling.json";
import tokenizerJson from "../../../models/kickoff-0/tokenizer.json";
import type { Fault } from "../../../shared/base/fault.ts";
import type { Result } from "../../../shared/base/result.ts";
import { fail, ok } from "../../../shared/base/result.ts";
import type { Bag } from "../../../shared/task/bag.ts";
import { parseBag } from "../../../shared/task/bag.ts";
import type { BagModel, BundledModel } from "./classifier.ts";
import type { GraphModel, TextModel } from "./model-folder.ts";
import { parseFolder, statedSha256, warmUp } from "./model-folder.ts";
import { createSession } from "./ort-session.ts";
import { checkSignature } from "./run-graph.ts";

/** Weights whose table is too short for the vocabulary would throw on the first rare n-gram: refuse them here. */
function toBagModel(text: TextModel, bag: Bag): Result<BagModel> {
  const { config, tokenizer } = text;
  const { features } = config;
  const rowsWanted = features.kind === "pieces" ? tokenizer.pieces.length : features.vocabSize + features.buckets;
  if (bag.rows < rowsWanted || tokenizer.pieces.length > rowsWanted) {
    const detail = `${bag.rows} rows for ${rowsWanted} features`;
    return fail({ kind: "malformed_data", what: "fallback weights", detail });
  }
  const { name, version } = config;
  return ok({ ...text, bag, identity: { name, version, sha256: statedSha256(config, "fallback") } });
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

/** Runs at start-up, so that no request pays for it; whatever happens here the worker must still start. */
async function loadBundledModel(): Promise<BundledModel> {
  try {
    const text = parseFolder({ tokenizer: tokenizerJson, config: configJson, temperatures: temperaturesJson });
    if (!text.ok) return { graphModel: text, bagModel: text };
    const bag = parseBag(fallbackBytes);
    const bagModel = bag.ok ? toBagModel(text.value, bag.value) : bag;
    return { graphModel: await loadGraphModel(text.value), bagModel };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const fault: Fault = { kind: "malformed_data", what: "bundled model", detail };
    return { graphModel: fail(fault), bagModel: fail(fault) };
  }
}

/** The model in the bundle: its session, or why there is none, and the weights of the plain-TypeScript engine. */
export const bundledModel: BundledModel = await loadBundledModel();
