/** A share with its 95 % interval; all in [0,1]. */
export interface Interval {
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/** Two-sided 95 % quantile of the normal distribution. */
const Z = 1.959964;

/** Wilson's score interval of `successes` out of `n`; null for none at all. It never leaves [0,1], unlike rate ± z·se. */
export function toWilson(successes: number, n: number): Interval | null {
  if (n === 0) return null;
  const rate = successes / n;
  const z2n = (Z * Z) / n;
  const centre = (rate + z2n / 2) / (1 + z2n);
  const half = (Z * Math.sqrt((rate * (1 - rate)) / n + z2n / (4 * n))) / (1 + z2n);
  return { rate, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** 95 % interval of a - b from the intervals of both (Newcombe's hybrid score, without correction). */
export function toDifference(a: Interval, b: Interval): Interval {
  const rate = a.rate - b.rate;
  return {
    rate,
    low: rate - Math.hypot(a.rate - a.low, b.high - b.rate),
    high: rate + Math.hypot(a.high - a.rate, b.rate - b.low),
  };
}
