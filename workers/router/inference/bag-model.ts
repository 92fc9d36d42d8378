import type { Result } from "../../../shared/base/result.ts";
import { fail, ok } from "../../../shared/base/result.ts";
import { parseBag } from "../../../shared/task/bag.ts";
import type { BagModel } from "./classifier.ts";
import type { TextModel } from "./model-folder.ts";

/**
 * The plain-TypeScript engine of a folder. Weights whose table does not fit the vocabulary would throw on the first rare
 * n-gram: they are refused here as `malformed_data`.
 */
export function toBagModel(
  text: TextModel,
  { bytes, sha256 }: { readonly bytes: ArrayBuffer; readonly sha256: string },
): Result<BagModel> {
  const bag = parseBag(bytes);
  if (!bag.ok) return bag;
  const { config, tokenizer } = text;
  const { features, name, version } = config;
  const rowsWanted = features.kind === "pieces" ? tokenizer.pieces.length : features.vocabSize + features.buckets;
  if (bag.value.rows < rowsWanted || tokenizer.pieces.length > rowsWanted) {
    const detail = `${bag.value.rows} rows for ${rowsWanted} features`;
    return fail({ kind: "malformed_data", what: "fallback weights", detail });
  }
  return ok({ ...text, bag: bag.value, identity: { name, version, sha256 } });
}
