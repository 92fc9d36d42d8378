import type { Prices } from "../model.ts";
import { toMicroUsdPerMillion } from "./micro-usd.ts";
import { type ModelFacts, toEntryKind } from "./model-facts.ts";
import { type Reject, rejectAll, type SourceOrigin, type SourceParse } from "./source.ts";

type Fields = Readonly<Record<string, unknown>>;
/** What entries with `base_model` inherit, by that key; empty where the payload is already resolved. */
export type ModelBases = ReadonlyMap<string, Fields>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
const textOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
const countOf = (value: unknown): number | null =>
  typeof value === "number" && Number.isInteger(value) && value > 0 ? value : null;

/**
 * Reads the OpenRouter part of models.dev: a JSON array of entries with `id`, `cost` in USD per 1M tokens, `limit`
 * in tokens. An entry lays its own fields over those of its base; one without prices, context window or a word on
 * tool use is rejected rather than completed by a guess.
 */
export function parseModelsDev(
  payload: string,
  origin: SourceOrigin,
  bases: ModelBases = new Map(),
): SourceParse<ModelFacts> {
  const entries = readEntries(payload);
  if (entries === null) return rejectAll(origin, "not a JSON array of models");
  const rows: ModelFacts[] = [];
  const rejected: Reject[] = [];
  entries.forEach((entry, i) => {
    const facts = isFields(entry) ? toFacts(entry, bases) : "not an object";
    if (typeof facts === "string")
      rejected.push({ place: `[${i}] ${String(fieldsOf(entry).id ?? "?")}`, reason: facts });
    else rows.push(facts);
  });
  return { rows, rejected };
}

function readEntries(payload: string): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(payload);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function toFacts(entry: Fields, bases: ModelBases): ModelFacts | string {
  const id = textOf(entry.id);
  if (id === null || !id.includes("/")) return "no id of the form vendor/model";
  const base = bases.get(textOf(entry.base_model) ?? "") ?? {};
  const prices = toPrices(fieldsOf(entry.cost));
  if (prices === null) return "no prompt and completion price";
  const limit = { ...fieldsOf(base.limit), ...fieldsOf(entry.limit) };
  const contextTokens = countOf(limit.context);
  if (contextTokens === null) return "no context window";
  const tools = entry.tool_call ?? base.tool_call;
  if (typeof tools !== "boolean") return "does not say whether it can use tools";
  const modalities = { ...fieldsOf(base.modalities), ...fieldsOf(entry.modalities) };
  const inputs = Array.isArray(modalities.input) ? modalities.input : [];
  return {
    id,
    name: textOf(entry.name) ?? textOf(base.name) ?? id.slice(id.indexOf("/") + 1),
    kind: toEntryKind(id, prices.promptMicroUsdPerMillion, prices.completionMicroUsdPerMillion),
    prices,
    contextTokens,
    maxOutputTokens: countOf(limit.output),
    capabilities: {
      vision: inputs.includes("image"),
      tools,
      json: (entry.structured_output ?? base.structured_output) === true,
      reasoning: (entry.reasoning ?? base.reasoning) === true,
    },
    releaseDate: textOf(entry.release_date) ?? textOf(base.release_date),
  };
}

function toPrices(cost: Fields): Prices | null {
  const price = (key: string): number | null => toMicroUsdPerMillion(cost[key], "usdPerMillion");
  const prompt = price("input");
  const completion = price("output");
  if (prompt === null || completion === null) return null;
  return {
    promptMicroUsdPerMillion: prompt,
    completionMicroUsdPerMillion: completion,
    cacheReadMicroUsdPerMillion: price("cache_read"),
    cacheWriteMicroUsdPerMillion: price("cache_write"),
  };
}
