import { expect, test } from "vitest";
import { toRandom } from "../policy/testing/random-catalog.ts";
import { NO_FEES, toInputTokenBound, toReservationMicroUsd, toSettlement, toTokensMicroUsd } from "./price-call.ts";

const PRICES = {
  prices: {
    promptMicroUsdPerMillion: 280_000,
    completionMicroUsdPerMillion: 420_001,
    cacheReadMicroUsdPerMillion: 28_000,
  },
  fees: NO_FEES,
};
const message = (text: string) => ({ role: "user", text }) as const;

test("toTokensMicroUsd() rounds a call up once, prices cached tokens apart, and adds fees", () => {
  expect(toTokensMicroUsd({ prompt: 1, cached: 0, completion: 0 }, PRICES)).toBe(1);
  expect(toTokensMicroUsd({ prompt: 1_000_000, cached: 1_000_000, completion: 0 }, PRICES)).toBe(28_000);
  expect(toTokensMicroUsd({ prompt: 3, cached: 1, completion: 2 }, PRICES)).toBe(2);
  const fees = { fixedMicroUsd: 7, partsPerMillion: 55_000 };
  expect(toTokensMicroUsd({ prompt: 1_000_000, cached: 0, completion: 0 }, { ...PRICES, fees })).toBe(295_407);
  const uncached = { ...PRICES, prices: { ...PRICES.prices, cacheReadMicroUsdPerMillion: null } };
  expect(toTokensMicroUsd({ prompt: 1_000_000, cached: 1_000_000, completion: 0 }, uncached)).toBe(280_000);
});

test("toTokensMicroUsd() is exact where floating point is not, and refuses what no exact number holds", () => {
  const dear = {
    fees: NO_FEES,
    prices: {
      promptMicroUsdPerMillion: 999_999_999,
      completionMicroUsdPerMillion: 0,
      cacheReadMicroUsdPerMillion: null,
    },
  };
  expect(toTokensMicroUsd({ prompt: 999_999_999, cached: 0, completion: 0 }, dear)).toBe(999_999_998_001);
  const absurd = { ...dear, prices: { ...dear.prices, promptMicroUsdPerMillion: Number.MAX_SAFE_INTEGER } };
  expect(() => toTokensMicroUsd({ prompt: 1e9, cached: 0, completion: 0 }, absurd)).toThrow(RangeError);
});

test("toReservationMicroUsd() is never below the settlement of any usage within the call's own limits", () => {
  const random = toRandom(31);
  for (let n = 0; n < 500; n += 1) {
    const call = {
      messages: [message("ab é 漢 😀".repeat(Math.floor(random() * 40)))],
      jsonSchema: random() < 0.5 ? { type: "object" } : null,
      maxOutputTokens: Math.floor(random() * 4000),
    };
    const reserved = toReservationMicroUsd(call, PRICES);
    const promptTokens = 1 + Math.floor(random() * toInputTokenBound(call));
    const usage = {
      promptTokens,
      cachedPromptTokens: Math.floor(random() * promptTokens),
      completionTokens: Math.floor(random() * (call.maxOutputTokens + 1)),
    };
    const settled = toSettlement(usage, reserved, PRICES);
    expect(settled.basis).toBe("usage");
    expect(settled.microUsd).toBeLessThanOrEqual(reserved);
  }
  expect(toInputTokenBound({ messages: [message("漢")], jsonSchema: null })).toBe(3 + 32);
});

test("toReservationMicroUsd() covers cached tokens where a list prices them above others", () => {
  const odd = { ...PRICES, prices: { ...PRICES.prices, cacheReadMicroUsdPerMillion: 9_000_000 } };
  const call = { messages: [message("a".repeat(1_000))], jsonSchema: null, maxOutputTokens: 10 };
  const usage = { promptTokens: 1_000, cachedPromptTokens: 1_000, completionTokens: 10 };
  const reserved = toReservationMicroUsd(call, odd);
  expect(toSettlement(usage, reserved, odd).microUsd).toBeLessThanOrEqual(reserved);
});

test("toReservationMicroUsd() is nothing for a free model, and a cap of nothing holds it", () => {
  const free = {
    fees: NO_FEES,
    prices: { promptMicroUsdPerMillion: 0, completionMicroUsdPerMillion: 0, cacheReadMicroUsdPerMillion: null },
  };
  const call = { messages: [message("a")], jsonSchema: null, maxOutputTokens: 16_000 };
  expect(toReservationMicroUsd(call, free)).toBe(0);
  const usage = { promptTokens: 9, cachedPromptTokens: 0, completionTokens: 9 };
  expect(toSettlement(usage, 0, free)).toEqual({ microUsd: 0, basis: "usage" });
  expect(toSettlement(null, 0, free)).toEqual({ microUsd: 0, basis: "reserved" });
});

test("toSettlement() books the reservation when the usage is missing or absurd", () => {
  const usage = { promptTokens: 100, cachedPromptTokens: 0, completionTokens: 10 };
  const absurd = [
    null,
    { ...usage, promptTokens: -1 },
    { ...usage, promptTokens: 0 },
    { ...usage, completionTokens: Number.NaN },
    { ...usage, completionTokens: 1.5 },
    { ...usage, completionTokens: Number.POSITIVE_INFINITY },
    { ...usage, completionTokens: 2e9 },
    { ...usage, cachedPromptTokens: 101 },
  ];
  for (const said of absurd) expect(toSettlement(said, 777, PRICES)).toEqual({ microUsd: 777, basis: "reserved" });
  // More than was reserved is believed: the books put the rest apart.
  expect(toSettlement({ ...usage, completionTokens: 1_000_000 }, 777, PRICES).microUsd).toBeGreaterThan(777);
});
