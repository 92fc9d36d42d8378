import { ok, type Result } from "../../base/result.ts";
import type { Prices } from "../model.ts";
import { countOf, type Fields, fieldsOf, isFields, readJson, textOf } from "./json-fields.ts";
import { DEAREST_MICRO_USD_PER_MILLION, toMicroUsdPerMillion } from "./micro-usd.ts";
import { type ModelFacts, toEntryKind } from "./model-facts.ts";
import { malformedSource, placeOf, type Reject, refuseBarren, type SourceOrigin, type SourceParse } from "./source.ts";

/** What entries with `base_model` inherit, by that key; empty where the payload is already resolved. */
export type ModelBases = ReadonlyMap<string, Fields>;

/**
 * Reads the OpenRouter part of models.dev: a JSON array of entries, or the site's `api.json`, `{openrouter: {models:
 * {id: entry}}}`. An entry has `id`, `cost` in USD per 1M tokens, `limit` in tokens, and lays its own fields over those
 * of its base; one without prices, context window or a word on tool use is rejected rather than completed by a guess,
 * and one at a negative (variable) price has none to plan with. Fault: malformed_data.
 */
export function parseModelsDev(
  payload: string,
  origin: SourceOrigin,
  bases: ModelBases = new Map(),
): Result<SourceParse<ModelFacts>> {
  const entries = readEntries(payload, origin);
  if (!entries.ok) return entries;
  const rows: ModelFacts[] = [];
  const rejected: Reject[] = [];
  for (const [place, entry] of entries.value) {
    const facts = isFields(entry) ? toFacts(entry, bases) : "not an object";
    if (typeof facts === "string") rejected.push({ place: placeOf(place, fieldsOf(entry).id), reason: facts });
    else rows.push(facts);
  }
  return refuseBarren(origin, { rows, rejected });
}

function readEntries(payload: string, origin: SourceOrigin): Result<readonly (readonly [string, unknown])[]> {
  const json = readJson(payload, origin);
  if (!json.ok) return json;
  const { value } = json;
  const models = Array.isArray(value) ? value : fieldsOf(fieldsOf(value).openrouter).models;
  if (!Array.isArray(models) && !isFields(models))
    return malformedSource(origin, "$: expected a list of models, or openrouter.models");
  const places = Object.entries(models).map(([key, entry]) => [`[${key}]`, entry] as const);
  return places.length === 0 ? malformedSource(origin, "$: an empty list of models") : ok(places);
}

function toFacts(entry: Fields, bases: ModelBases): ModelFacts | string {
  const id = textOf(entry.id);
  if (id === null || !id.includes("/")) return "no id of the form vendor/model";
  const base = bases.get(textOf(entry.base_model) ?? "") ?? {};
  const prices = toPrices(fieldsOf(entry.cost));
  if (typeof prices === "string") return prices;
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

function toPrices(cost: Fields): Prices | string {
  const price = (key: string): number | null => toMicroUsdPerMillion(cost[key], "usdPerMillion");
  const prompt = price("input");
  const completion = price("output");
  if (prompt === null || completion === null) return "no prompt and completion price";
  if (prompt < 0 || completion < 0) return "variable price";
  if (Math.max(prompt, completion) > DEAREST_MICRO_USD_PER_MILLION) return "a price of over $10,000 per 1M tokens";
  const optional = (key: string): number | null => {
    const found = price(key);
    return found === null || found < 0 || found > DEAREST_MICRO_USD_PER_MILLION ? null : found;
  };
  return {
    promptMicroUsdPerMillion: prompt,
    completionMicroUsdPerMillion: completion,
    cacheReadMicroUsdPerMillion: optional("cache_read"),
    cacheWriteMicroUsdPerMillion: optional("cache_write"),
  };
}
