import type { EscalationTerms } from "./step.ts";

/** What is known of the check after the next attempt: J = TPR + TNR - 1, taken as symmetric, and its price. */
export interface NextCheck {
  readonly j: number;
  readonly microUsd: number;
}

/**
 * Terms of handing on where the next model is not the last: what follows counts too. `plain` speaks of the next attempt
 * alone, `after` of handing on after it. A rule that looked one model ahead would stop chains whose second model is
 * no better than the first, though the third is: on 299 measured tasks it gained 2.1 points at $.28 with a judge of
 * J .4 against 2.5 by this rule, and with better judges it never handed on enough to spend $.28 (bench/cascade).
 */
export function toContinuation(
  plain: EscalationTerms,
  after: EscalationTerms,
  { j, microUsd }: NextCheck,
): EscalationTerms {
  const sure = (1 + j) / 2;
  /** P(the rest of the chain delivers a right answer), given the next model's chance. */
  const delivered = (p: number): number => p * sure + p * (1 - sure) * (1 - after.loss) + (1 - p) * sure * after.gain;
  const rejected = plain.gain * (1 - sure) + (1 - plain.gain) * sure;
  return {
    ...plain,
    gain: delivered(plain.gain),
    loss: 1 - delivered(1 - plain.loss),
    nextCostMicroUsd: Math.round(plain.nextCostMicroUsd + microUsd + rejected * after.nextCostMicroUsd),
  };
}

/** Terms of every check of a chain, from those that look one model ahead: the last as it is, each before it with what follows. */
export function toChainTerms(ahead: readonly EscalationTerms[], check: NextCheck): readonly EscalationTerms[] {
  const terms: EscalationTerms[] = [];
  for (const plain of [...ahead].reverse()) {
    const [after] = terms;
    terms.unshift(after === undefined ? plain : toContinuation(plain, after, check));
  }
  return terms;
}

/**
 * Terms with what the next steps cost at most, once their input is known. A decision expects the cost of a whole task in
 * an agent's harness; one call may cost far less, and a rule that weighed the former would hardly ever hand on.
 */
export const withCostCeiling = (terms: EscalationTerms, mostMicroUsd: number): EscalationTerms => ({
  ...terms,
  nextCostMicroUsd: Math.min(terms.nextCostMicroUsd, mostMicroUsd),
});
