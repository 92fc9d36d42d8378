import { ok, type Result } from "../../base/result.ts";
import { EFFORTS, type Prices } from "../model.ts";
import { countOf, type Fields, fieldsOf, isFields, readJson, textOf } from "./json-fields.ts";
import { DEAREST_MICRO_USD_PER_MILLION, toMicroUsdPerMillion } from "./micro-usd.ts";
import { toEntryKind } from "./model-facts.ts";
import { parseEmbeddedBenchmarks } from "./openrouter-benchmarks.ts";
import type { OpenRouterModel } from "./openrouter-model.ts";
import {
  type BenchmarkRow,
  malformedSource,
  placeOf,
  type Reject,
  refuseBarren,
  type SourceOrigin,
  type SourceParse,
} from "./source.ts";

/** An id whose price depends on where it sends a call (listed at -1): it has no price to plan with, so no facts row. */
export interface VariablePriceEntry {
  readonly id: string;
  readonly name: string;
  readonly kind: "router";
}

export interface OpenRouterParse extends SourceParse<OpenRouterModel> {
  readonly variablePrice: readonly VariablePriceEntry[];
  readonly benchmarks: readonly BenchmarkRow[];
  /** Entries over all pages, where the list is paged. */
  readonly totalCount: number | null;
  /** `links.next` as it stands: `nextPageUrl` decides whether it may be followed. */
  readonly next: unknown;
}

type Entry =
  | { readonly kind: "model"; readonly model: OpenRouterModel }
  | { readonly kind: "variable"; readonly entry: VariablePriceEntry }
  | { readonly kind: "reject"; readonly reason: string };

/**
 * Reads one page of OpenRouter's model list, `{data: [...], total_count?, links?: {next}}`. Prices are decimal strings
 * in USD per token; blank is unknown, -1 is variable. Free, batch, floating and variant entries are rows with their
 * kind. An entry without price, window or text output is rejected. Benchmarks stand apart in `benchmarks`.
 * Fault: malformed_data.
 */
export function parseOpenRouter(payload: string, origin: SourceOrigin): Result<OpenRouterParse> {
  const json = readJson(payload, origin);
  if (!json.ok) return json;
  const page = fieldsOf(json.value);
  if (!Array.isArray(page.data)) return malformedSource(origin, "data: expected a list of models");
  const totalCount = countOf(page.total_count);
  if (page.data.length === 0 && totalCount === null) return malformedSource(origin, "data: an empty list of models");
  const entries: readonly unknown[] = page.data;
  const rows: OpenRouterModel[] = [];
  const variablePrice: VariablePriceEntry[] = [];
  const benchmarks: BenchmarkRow[] = [];
  const rejected: Reject[] = [];
  const seen = new Set<string>();
  entries.forEach((value, i) => {
    const fields = fieldsOf(value);
    const place = placeOf(`data[${i}]`, fields.id);
    const entry = typeof fields.id === "string" && seen.has(fields.id) ? reject("listed twice") : toEntry(value);
    if (typeof fields.id === "string") seen.add(fields.id);
    if (entry.kind === "reject") rejected.push({ place, reason: entry.reason });
    else if (entry.kind === "variable") variablePrice.push(entry.entry);
    else {
      rows.push(entry.model);
      const embedded = parseEmbeddedBenchmarks(fields.benchmarks, { model: entry.model, place, origin });
      benchmarks.push(...embedded.rows);
      rejected.push(...embedded.rejected);
    }
  });
  const parse = { rows, variablePrice, benchmarks, rejected, totalCount, next: fieldsOf(page.links).next ?? null };
  return variablePrice.length > 0 ? ok(parse) : refuseBarren(origin, parse, { rowCount: entries.length, totalCount });
}

/** Ids end in addresses, statements and prompts: nothing else may stand in one. */
const ID = /^~?[A-Za-z0-9._-]+\/[A-Za-z0-9._-]+(?::[A-Za-z0-9._-]+)?$/;
const MAX_ID = 200;

function toEntry(value: unknown): Entry {
  if (!isFields(value)) return reject("not an object");
  const id = textOf(value.id);
  if (id === null || id.length > MAX_ID || !ID.test(id)) return reject("no id of the form vendor/model");
  const name = textOf(value.name) ?? id.slice(id.indexOf("/") + 1);
  const prices = toPrices(fieldsOf(value.pricing));
  if (prices === "variable") return { kind: "variable", entry: { id, name, kind: "router" } };
  if (typeof prices === "string") return reject(prices);
  const contextTokens = countOf(value.context_length);
  if (contextTokens === null) return reject("no context window");
  const architecture = fieldsOf(value.architecture);
  const outputs = architecture.output_modalities;
  if (Array.isArray(outputs) && !outputs.includes("text")) return reject("gives no text");
  return { kind: "model", model: { id, name, contextTokens, ...toFacts(value, { id, prices, architecture }) } };
}

const reject = (reason: string): Entry => ({ kind: "reject", reason });

function toFacts(
  entry: Fields,
  { id, prices, architecture }: { readonly id: string; readonly prices: Prices; readonly architecture: Fields },
): Omit<OpenRouterModel, "id" | "name" | "contextTokens"> {
  const parameters: readonly unknown[] = Array.isArray(entry.supported_parameters) ? entry.supported_parameters : [];
  const inputs = architecture.input_modalities;
  const reasoning = fieldsOf(entry.reasoning);
  const stated: readonly unknown[] = Array.isArray(reasoning.supported_efforts) ? reasoning.supported_efforts : [];
  const alias = entry.alias_target;
  return {
    kind: toEntryKind(id, prices.promptMicroUsdPerMillion, prices.completionMicroUsdPerMillion),
    prices,
    maxOutputTokens: countOf(fieldsOf(entry.top_provider).max_completion_tokens),
    capabilities: {
      vision: Array.isArray(inputs) && inputs.includes("image"),
      tools: parameters.includes("tools"),
      json: parameters.includes("structured_outputs") || parameters.includes("response_format"),
      reasoning: isFields(entry.reasoning) || parameters.includes("reasoning"),
    },
    releaseDate: toDay(entry.created),
    canonicalSlug: textOf(entry.canonical_slug),
    huggingFaceId: textOf(entry.hugging_face_id),
    expires: textOf(entry.expiration_date),
    aliasTarget: textOf(alias) ?? textOf(fieldsOf(alias).slug),
    efforts: EFFORTS.filter((effort) => stated.includes(effort)),
    defaultEffort: EFFORTS.find((effort) => effort === reasoning.default_effort) ?? null,
  };
}

function toPrices(pricing: Fields): Prices | string {
  const read = (key: string): number | null => toMicroUsdPerMillion(pricing[key], "usdPerToken");
  const prompt = read("prompt");
  const completion = read("completion");
  if (prompt === null || completion === null) return "no prompt and completion price";
  if (prompt < 0 || completion < 0) return "variable";
  if (Math.max(prompt, completion) > DEAREST_MICRO_USD_PER_MILLION) return "a price of over $10,000 per 1M tokens";
  const optional = (key: string): number | null => {
    const price = read(key);
    return price === null || price < 0 || price > DEAREST_MICRO_USD_PER_MILLION ? null : price;
  };
  return {
    promptMicroUsdPerMillion: prompt,
    completionMicroUsdPerMillion: completion,
    cacheReadMicroUsdPerMillion: optional("input_cache_read"),
    cacheWriteMicroUsdPerMillion: optional("input_cache_write"),
  };
}

/** Last second that an ISO date of four year digits can name. */
const MAX_EPOCH_S = 253_402_300_799;

/** Epoch seconds -> ISO date. */
function toDay(seconds: unknown): string | null {
  const count = countOf(seconds);
  return count === null || count > MAX_EPOCH_S ? null : new Date(count * 1000).toISOString().slice(0, 10);
}
