/** How numbers are said in reasons: rounded, because they are estimates. */

/** A share in [0,1] as whole percent. */
export const formatPercent = (p: number): string => `${Math.round(p * 100)} %`;

/** Money is stored in whole micro-dollars: less than one is said as nothing. */
const LEAST_USD = 1e-6;

/** USD with two significant digits; never in exponent form for amounts under 1e21. */
export function formatUsd(amountUsd: number): string {
  const size = Math.abs(amountUsd);
  if (size < LEAST_USD) return "$0";
  return `${amountUsd < 0 ? "-" : ""}$${Number(size.toPrecision(2))}`;
}
