/** Small numeric helpers on plain arrays; every function is total on finite input. */

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export const logit = (p: number): number => Math.log(p / (1 - p));

export const clamp = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));

/** Softmax of `logits / temperature`; the result sums to 1. */
export function softmax(logits: readonly number[], temperature = 1): number[] {
  const scaled = logits.map((x) => x / temperature);
  const top = Math.max(...scaled);
  const exps = scaled.map((x) => Math.exp(x - top));
  const total = exps.reduce((a, b) => a + b, 0);
  return exps.map((x) => x / total);
}

/** Index of the first largest value; -1 for an empty list. */
export function argmax(values: readonly number[]): number {
  let best = -1;
  let bestValue = Number.NEGATIVE_INFINITY;
  values.forEach((value, i) => {
    if (value > bestValue) {
      best = i;
      bestValue = value;
    }
  });
  return best;
}

export const mean = (values: readonly number[]): number =>
  values.length === 0 ? Number.NaN : values.reduce((a, b) => a + b, 0) / values.length;

/** Population standard deviation; NaN for an empty list. */
export function standardDeviation(values: readonly number[]): number {
  const m = mean(values);
  return Math.sqrt(mean(values.map((x) => (x - m) ** 2)));
}

/** Linear-interpolated quantile, q in [0,1]; NaN for an empty list. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = clamp(q, 0, 1) * (sorted.length - 1);
  const low = sorted[Math.floor(at)];
  const high = sorted[Math.ceil(at)];
  if (low === undefined || high === undefined) return Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Rounds to `digits` decimals for display and for stable stored numbers. */
export const roundTo = (x: number, digits: number): number => {
  const factor = 10 ** digits;
  return Math.round(x * factor) / factor;
};
