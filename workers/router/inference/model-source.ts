import type { ClassifierDeps } from "./classifier.ts";
import type { ReadModelFile } from "./r2-model.ts";
import { loadR2Model, r2Model } from "./r2-model.ts";

/** What a configured graph needs from the worker. */
export interface ModelSourceDeps {
  /** MODEL_SOURCE: "bundled" (or empty), or "r2:<prefix>". */
  readonly modelSource: string;
  readonly readModelFile: ReadModelFile;
  readonly nowMs: () => number;
  readonly keepAlive: (work: Promise<unknown>) => void;
}

/** The `configured` part of a classifier. An unknown source is a fault that shows in the status, not a dead worker. */
export function toConfiguredGraph(deps: ModelSourceDeps): ClassifierDeps["configured"] {
  const source = deps.modelSource.trim();
  if (source === "" || source === "bundled") return null;
  if (!source.startsWith("r2:")) {
    const message = `Cannot read MODEL_SOURCE "${source}": expected bundled or r2:<prefix>`;
    return { source, fault: { kind: "invalid_param", field: "MODEL_SOURCE", message } };
  }
  const prefix = source.slice("r2:".length);
  const { readModelFile, nowMs, keepAlive } = deps;
  return { source, holder: r2Model(prefix), load: () => loadR2Model({ prefix, readModelFile }), nowMs, keepAlive };
}
