import type { Result } from "../../shared/base/result.ts";
import { fail, ok } from "../../shared/base/result.ts";

/** The module whose imports put a model into the router's bundle, from the repository's root. */
export const BUNDLED_MODEL_SOURCE = "workers/router/inference/bundled-model.ts";

/**
 * The model folder that the router's bundle holds, read off the imports of its source: a constant beside them would
 * one day name another model than the one that is served.
 */
export function toBundledFolder(source: string): Result<string> {
  const folder = /from "(?:\.\.\/)+(models\/[^/"]+)\/model_config\.json"/.exec(source)?.[1];
  if (folder !== undefined) return ok(folder);
  return fail({ kind: "malformed_data", what: BUNDLED_MODEL_SOURCE, detail: "imports no model_config.json" });
}
