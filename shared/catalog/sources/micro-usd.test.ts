import { expect, test } from "vitest";
import { toMicroUsdPerMillion } from "./micro-usd.ts";

test("toMicroUsdPerMillion() shifts the decimal point exactly when the price is a decimal string per token", () => {
  expect(toMicroUsdPerMillion("0.000003", "usdPerToken")).toBe(3_000_000);
  expect(toMicroUsdPerMillion("0.0000000363", "usdPerToken")).toBe(36_300);
  expect(toMicroUsdPerMillion("1e-7", "usdPerToken")).toBe(100_000);
});

test("toMicroUsdPerMillion() has no float drift when the price is a number per million", () => {
  expect(toMicroUsdPerMillion(0.1, "usdPerMillion")).toBe(100_000);
  expect(toMicroUsdPerMillion(0.083333, "usdPerMillion")).toBe(83_333);
  expect(toMicroUsdPerMillion(1.15, "usdPerMillion")).toBe(1_150_000);
  expect(toMicroUsdPerMillion(1e-7, "usdPerMillion")).toBe(0);
  expect(toMicroUsdPerMillion("0.0000005", "usdPerMillion")).toBe(1);
});

test("toMicroUsdPerMillion() keeps the sign of -1 and tells zero from blank", () => {
  expect(toMicroUsdPerMillion("-1", "usdPerToken")).toBeLessThan(0);
  expect(toMicroUsdPerMillion("0", "usdPerToken")).toBe(0);
  for (const blank of ["", " ", null, undefined, "free", "1,5", "1.2.3", Number.NaN, {}])
    expect(toMicroUsdPerMillion(blank, "usdPerToken")).toBeNull();
});

test("toMicroUsdPerMillion() answers at once when an exponent asks for a text of that many digits", () => {
  expect(toMicroUsdPerMillion("1e400000000", "usdPerToken")).toBeNull();
  expect(toMicroUsdPerMillion("0e400000000", "usdPerToken")).toBe(0);
  expect(toMicroUsdPerMillion("1e-400000000", "usdPerToken")).toBe(0);
});
