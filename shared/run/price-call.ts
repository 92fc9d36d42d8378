import { toCanonicalJson } from "../base/canonical-json.ts";
import { encodeUtf8 } from "../base/utf8.ts";
import type { Prices } from "../catalog/model.ts";
import type { CallUsage, ModelCall } from "./model-call.ts";

/** What a provider takes beside tokens: a fixed sum a call in micro-dollars, and a share of the price in millionths. */
export interface CallFees {
  readonly fixedMicroUsd: number;
  readonly partsPerMillion: number;
}

export const NO_FEES: CallFees = { fixedMicroUsd: 0, partsPerMillion: 0 };

/** What a model's tokens cost at a provider. */
export interface CallPrices {
  readonly prices: Pick<
    Prices,
    "promptMicroUsdPerMillion" | "completionMicroUsdPerMillion" | "cacheReadMicroUsdPerMillion"
  >;
  readonly fees: CallFees;
}

/** Tokens that a message's frame may take (role, separators); providers add a handful. */
const FRAME_TOKENS = 16;
const MILLION = 1_000_000n;

const ceilPerMillion = (product: bigint): bigint => (product + MILLION - 1n) / MILLION;

/**
 * A whole amount or an error: past 2^53 a sum would lose micro-dollars without a word. No call of today comes near it
 * (nine thousand million dollars).
 */
function toSafe(amount: bigint): number {
  if (amount > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError(`${amount} micro-dollars is no exact number`);
  return Number(amount);
}

/** Tokens that the input takes at most: a token stands for one byte of UTF-8 at least, in every tokenizer in use. */
export function toInputTokenBound({ messages, jsonSchema }: Pick<ModelCall, "messages" | "jsonSchema">): number {
  const texts = messages.reduce((sum, { text }) => sum + encodeUtf8(text).length + FRAME_TOKENS, FRAME_TOKENS);
  return texts + (jsonSchema === null ? 0 : encodeUtf8(toCanonicalJson(jsonSchema)).length);
}

/** Micro-dollars of so many tokens, fees included; rounded up once, so that a call is never booked below its price. */
export function toTokensMicroUsd(
  tokens: { readonly prompt: number; readonly cached: number; readonly completion: number },
  { prices, fees }: CallPrices,
): number {
  const cacheRead = prices.cacheReadMicroUsdPerMillion ?? prices.promptMicroUsdPerMillion;
  const perMillion =
    BigInt(tokens.prompt - tokens.cached) * BigInt(prices.promptMicroUsdPerMillion) +
    BigInt(tokens.cached) * BigInt(cacheRead) +
    BigInt(tokens.completion) * BigInt(prices.completionMicroUsdPerMillion);
  const withShare = ceilPerMillion(perMillion * (MILLION + BigInt(fees.partsPerMillion)));
  return toSafe(ceilPerMillion(withShare) + BigInt(fees.fixedMicroUsd));
}

/**
 * The most that a call can cost as far as its own limits hold: input in bytes, output at its token limit, fees. Where a
 * list prices cached tokens above others, all of the input may be cached.
 */
export function toReservationMicroUsd(
  call: Pick<ModelCall, "messages" | "jsonSchema" | "maxOutputTokens">,
  prices: CallPrices,
): number {
  const [prompt, completion] = [toInputTokenBound(call), call.maxOutputTokens];
  return Math.max(...[0, prompt].map((cached) => toTokensMicroUsd({ prompt, cached, completion }, prices)));
}

/** How a call's price is known. `reserved` = nothing believable was reported, so the whole reservation is booked. */
export type SettlementBasis = "usage" | "reserved";

export interface Settlement {
  readonly microUsd: number;
  readonly basis: SettlementBasis;
}

/** No provider bills a thousand million tokens for one call: such a count is an error of theirs. */
const TOKENS_MOST = 1_000_000_000;
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0 && value <= TOKENS_MOST;

/** What a call is booked at: its usage at the stored prices, or the reservation where no usage can be believed. */
export function toSettlement(usage: CallUsage | null, reservedMicroUsd: number, prices: CallPrices): Settlement {
  const reserved: Settlement = { microUsd: reservedMicroUsd, basis: "reserved" };
  if (usage === null) return reserved;
  const { promptTokens, cachedPromptTokens, completionTokens } = usage;
  const isSane =
    [promptTokens, cachedPromptTokens, completionTokens].every(isCount) && cachedPromptTokens <= promptTokens;
  // An answer was made of some input: a bill of nothing is no bill.
  if (!isSane || promptTokens === 0) return reserved;
  const tokens = { prompt: promptTokens, cached: cachedPromptTokens, completion: completionTokens };
  return { microUsd: toTokensMicroUsd(tokens, prices), basis: "usage" };
}
