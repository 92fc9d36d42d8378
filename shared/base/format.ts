/** How numbers are said in reasons: rounded, because they are estimates. */

/** A share in [0,1] as whole percent. */
export const formatPercent = (p: number): string => `${Math.round(p * 100)} %`;

/** Two shares as percent, with as many decimals (three at most) as it takes to tell them apart. */
export function formatPercents(p: number, q: number): readonly [string, string] {
  for (const decimals of [0, 1, 2]) {
    const [a, b] = [(p * 100).toFixed(decimals), (q * 100).toFixed(decimals)];
    if (a !== b || p === q) return [`${a} %`, `${b} %`];
  }
  return [`${(p * 100).toFixed(3)} %`, `${(q * 100).toFixed(3)} %`];
}

/** Money is stored in whole micro-dollars: less than one is said as nothing. */
const LEAST_USD = 1e-6;

/** USD with two significant digits; never in exponent form for amounts under 1e21. */
export function formatUsd(amountUsd: number): string {
  const size = Math.abs(amountUsd);
  if (size < LEAST_USD) return "$0";
  return `${amountUsd < 0 ? "-" : ""}$${Number(size.toPrecision(2))}`;
}
