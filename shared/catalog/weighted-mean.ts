/** Mean of `values`, each counted by the weight beside it; NaN where the weights sum to 0. */
export function weightedMean(values: readonly number[], weights: readonly number[]): number {
  let total = 0;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const weight = weights[i] ?? 0;
    total += weight;
    sum += weight * (values[i] ?? 0);
  }
  return sum / total;
}
