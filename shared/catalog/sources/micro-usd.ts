/** Units a source states prices in; the exponent turns them into micro-dollars per million tokens. */
const EXPONENT = { usdPerMillion: 6, usdPerToken: 12 } as const;
export type PriceUnit = keyof typeof EXPONENT;

/** Dearer than this per 1M tokens (the dearest listed model asks $600) a price is in another unit than it was. */
export const DEAREST_MICRO_USD_PER_MILLION = 10_000_000_000;

/** A safe integer has 16 digits: a longer shift is no price, and would only ask for a text of that length. */
const MAX_DIGITS = 30;

/**
 * Price -> integer micro-dollars per 1M tokens, rounded half up, by shifting the decimal point in the text:
 * 0.1 + 0.2 style drift cannot enter. `null` = blank or not a number (never 0). Negative prices keep their sign.
 */
export function toMicroUsdPerMillion(price: unknown, unit: PriceUnit): number | null {
  const text = typeof price === "number" ? String(price) : typeof price === "string" ? price.trim() : "";
  const match = /^(-?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text);
  if (match === null || `${match[2] ?? ""}${match[3] ?? ""}` === "") return null;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent) + EXPONENT[unit];
  if (Math.abs(point) > MAX_DIGITS) return point < 0 || /^0*$/.test(digits) ? 0 : null;
  const kept = point <= 0 ? "0" : digits.slice(0, point).padEnd(point, "0");
  const next = point < 0 ? 0 : Number(digits[point] ?? "0");
  const value = Number(kept === "" ? "0" : kept) + (next >= 5 ? 1 : 0);
  if (!Number.isSafeInteger(value)) return null;
  return sign === "-" && value > 0 ? -value : value;
}
