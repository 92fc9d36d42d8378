import type { Result } from "../../shared/base/result.ts";
import type { Category } from "../../shared/task/labels.ts";
import { CATEGORY_LABELS } from "../../shared/task/labels.ts";
import type { JsonObject, LinesFile } from "./json-lines.ts";
import { isObject, isText, parseLines, quote } from "./json-lines.ts";

/** One prompt in the ways it was rewritten; the label should stay. */
export interface NoiseRow {
  readonly id: string;
  readonly text: string;
  readonly variants: readonly { readonly kind: string; readonly text: string }[];
}

/** A prompt and the same prompt with an attempt to steer the classifier in it. */
export interface SteeringRow {
  readonly base: string;
  readonly text: string;
  readonly technique: string;
}

/** A free text and the category that it asks for; it may have no coding labels at all. */
export interface CategoryRow {
  readonly text: string;
  readonly category: Category;
}

type Wrong = { readonly wrong: string };

const missingText = (json: JsonObject, names: readonly string[]): Wrong | null => {
  const name = names.find((field) => !isText(json[field]));
  return name === undefined ? null : { wrong: `${name} is ${quote(json[name])}: expected a text that is not blank` };
};

function readNoise(json: JsonObject): NoiseRow | Wrong {
  const { id, text, variants } = json;
  const missing = missingText(json, ["id", "text"]);
  if (missing !== null || !isText(id) || !isText(text)) return missing ?? { wrong: "id or text is missing" };
  if (!Array.isArray(variants)) return { wrong: `variants is ${quote(variants)}: expected a list` };
  const read: { kind: string; text: string }[] = [];
  for (const variant of variants as readonly unknown[]) {
    if (!isObject(variant) || !isText(variant.kind) || !isText(variant.text)) {
      return { wrong: `variant ${read.length + 1} is ${quote(variant)}: expected {kind, text}` };
    }
    read.push({ kind: variant.kind, text: variant.text });
  }
  return { id, text, variants: read };
}

function readSteering(json: JsonObject): SteeringRow | Wrong {
  const { base, text, technique } = json;
  const missing = missingText(json, ["base", "text", "technique"]);
  if (missing !== null || !isText(base) || !isText(text) || !isText(technique)) {
    return missing ?? { wrong: "base, text or technique is missing" };
  }
  return { base, text, technique };
}

const isCategory = (value: unknown): value is Category => CATEGORY_LABELS.some((label) => label === value);

function readCategory(json: JsonObject): CategoryRow | Wrong {
  const { text, category } = json;
  if (!isText(text)) return missingText(json, ["text"]) ?? { wrong: "text is missing" };
  if (!isCategory(category))
    return { wrong: `category is ${quote(category)}: expected one of ${CATEGORY_LABELS.join(", ")}` };
  return { text, category };
}

/** Rows `{text, category}`. */
export const parseCategories = (file: LinesFile): Result<readonly CategoryRow[]> => parseLines(file, readCategory);

/** Rows `{id, text, variants: [{kind, text}]}`. */
export const parseNoise = (file: LinesFile): Result<readonly NoiseRow[]> => parseLines(file, readNoise);

/** Rows `{base, text, technique}`. */
export const parseSteering = (file: LinesFile): Result<readonly SteeringRow[]> => parseLines(file, readSteering);
