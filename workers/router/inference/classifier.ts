import { type Fault, toDetail } from "../../../shared/base/fault.ts";
import type { Result } from "../../../shared/base/result.ts";
import { fail, ok } from "../../../shared/base/result.ts";
import type { Bag } from "../../../shared/task/bag.ts";
import { runBag } from "../../../shared/task/bag.ts";
import type { Classification, Engine, ModelIdentity, RawOutputs } from "../../../shared/task/classification.ts";
import { calibrate } from "../../../shared/task/classify.ts";
import { toFeatures } from "../../../shared/task/features.ts";
import { mixOutputs } from "../../../shared/task/mix-outputs.ts";
import type { ModelConfig } from "../../../shared/task/model-config.ts";
import type { LazyModel } from "./lazy-model.ts";
import type { GraphModel, TextModel } from "./model-folder.ts";
import { runGraph } from "./run-graph.ts";

/** A model that runs in plain TypeScript. */
export interface BagModel extends TextModel {
  readonly bag: Bag;
  readonly identity: ModelIdentity;
}

/** The bundle's two engines, each with its model or with what kept it from loading. */
export interface BundledModel {
  readonly graphModel: Result<GraphModel>;
  readonly bagModel: Result<BagModel>;
}

/** Which engine answers now, with which model, and what is wrong with the engine that should. */
export interface ClassifierDescription {
  readonly engine: Engine;
  readonly model: ModelIdentity;
  /** "bundled" or "r2:<prefix>". */
  readonly source: string;
  readonly error: string | null;
}

export interface Classifier {
  /** One answer per text, in order. A fault only when neither engine can answer. */
  readonly classify: (taskTexts: readonly string[]) => Promise<Result<readonly Classification[]>>;
  readonly describe: () => ClassifierDescription;
}

/** A graph configured by MODEL_SOURCE instead of the bundled one. */
export interface ConfiguredGraph {
  /** As in MODEL_SOURCE. */
  readonly source: string;
  readonly holder: LazyModel<GraphModel>;
  readonly load: () => Promise<Result<GraphModel>>;
  readonly nowMs: () => number;
  /** The platform's waitUntil: a load must survive the request that began it, for others wait on it. */
  readonly keepAlive: (work: Promise<unknown>) => void;
}

export interface ClassifierDeps {
  readonly bundled: BundledModel;
  /** null serves the bundled graph; a fault says why the configured one cannot be named (a bad MODEL_SOURCE). */
  readonly configured: ConfiguredGraph | null | { readonly source: string; readonly fault: Fault };
}

/** Stands in the description when neither engine has a model; classify() then answers a fault. */
const NO_MODEL: ModelIdentity = { name: "none", version: "none", sha256: "" };

/** With the message, unlike a log line: what it may quote is MODEL_SOURCE, which is the deployment's own. */
const describeFault = (fault: Fault): string => ("message" in fault ? fault.message : toDetail(fault));

/** The graph to use for this request; loads a configured one on first use. */
async function graphModelOf({ bundled, configured }: ClassifierDeps): Promise<Result<GraphModel>> {
  if (configured === null) return bundled.graphModel;
  if ("fault" in configured) return fail(configured.fault);
  const loading = configured.holder.get(configured);
  configured.keepAlive(loading);
  return loading;
}

/** The bag's say beside the graph's where the graph's configuration wants it; a bag that did not load has none. */
function withBag(
  raw: RawOutputs,
  { fallbackShare }: ModelConfig,
  { bag, taskText }: { readonly bag: Result<BagModel>; readonly taskText: string },
): RawOutputs {
  if (fallbackShare === 0 || !bag.ok) return raw;
  const { inputIds } = toFeatures({ taskText, ...bag.value });
  return mixOutputs(raw, runBag(bag.value.bag, inputIds), fallbackShare);
}

async function classifyByGraph(
  model: GraphModel,
  bag: Result<BagModel>,
  taskText: string,
): Promise<Result<Classification>> {
  const { inputIds, tokens, truncated } = toFeatures({ taskText, ...model });
  const outputs = await runGraph(model.graph, inputIds);
  if (!outputs.ok) return outputs;
  const { config, temperatures, identity } = model;
  const raw = withBag(outputs.value, config, { bag, taskText });
  return ok(calibrate({ raw, temperatures, config, engine: "onnx", model: identity, tokens, truncated }));
}

function classifyByBag(model: BagModel, taskText: string): Classification {
  const { inputIds, tokens, truncated } = toFeatures({ taskText, ...model });
  const { config, temperatures, identity } = model;
  const raw = runBag(model.bag, inputIds);
  return calibrate({ raw, temperatures, config, engine: "fallback", model: identity, tokens, truncated });
}

/** Loaded, failed or not yet asked for, as far as is known without loading. */
function knownGraph({ bundled, configured }: ClassifierDeps): Result<GraphModel> | null {
  if (configured === null) return bundled.graphModel;
  if ("fault" in configured) return fail(configured.fault);
  const state = configured.holder.state();
  if (state.kind === "ready") return ok(state.value);
  return state.kind === "failed" ? fail(state.fault) : null;
}

/** Graph first, plain TypeScript where the graph is missing or a run fails. Cheap: make one per request. */
export function makeClassifier(deps: ClassifierDeps): Classifier {
  const { bagModel } = deps.bundled;
  return {
    classify: async (taskTexts) => {
      const graphModel = await graphModelOf(deps);
      const answers: Classification[] = [];
      for (const taskText of taskTexts) {
        const answer = graphModel.ok ? await classifyByGraph(graphModel.value, bagModel, taskText) : graphModel;
        if (answer.ok) answers.push(answer.value);
        else if (bagModel.ok) answers.push(classifyByBag(bagModel.value, taskText));
        else return fail({ kind: "unavailable", what: "classifier", detail: describeFault(answer.fault) });
      }
      return ok(answers);
    },
    describe: () => {
      const graph = knownGraph(deps);
      const source = deps.configured?.source ?? "bundled";
      if (graph?.ok) return { engine: "onnx", model: graph.value.identity, source, error: null };
      const model = bagModel.ok ? bagModel.value.identity : NO_MODEL;
      return { engine: "fallback", model, source, error: graph === null ? null : describeFault(graph.fault) };
    },
  };
}
