import { toAttemptPool } from "./attempt-pool.ts";
import type { Candidate } from "./candidate.ts";
import { toAttemptUsd, toModelKeys } from "./candidate.ts";
import { toChainMicroUsd } from "./chain-budget.ts";
import type { Choice } from "./choose.ts";
import type { VerifierQuality } from "./decision.ts";
import type { DifficultyNode, Rung } from "./difficulty-nodes.ts";
import { toDifficultyNodes, toRung } from "./difficulty-nodes.ts";
import { PARAMETERS } from "./parameters.ts";
import type { TaskTerms } from "./task-terms.ts";

/** What decides a chain's value of a verifier: its J = TPR + TNR - 1 (taken as symmetric) and the price of a verdict. */
export type ChainVerifier = Pick<VerifierQuality, "j" | "microUsdPerVerdict">;

/** A cascade and its expectations: the next model runs iff the verdict on the one before was a rejection. */
export interface Chain {
  readonly members: readonly Candidate[];
  readonly success: number;
  readonly moneyUsd: number;
  readonly minutes: number;
  readonly utilityUsd: number;
}

/**
 * Expected value of trying `rungs` in order. A verdict follows every attempt but the last; an accepted one ends the
 * chain, and the last attempt is delivered as it is. Extending a chain pays iff
 * V x [P(next right, this wrong) - P(this right, next wrong)] exceeds the next model's cost, given a rejection:
 * that is why the best chain by value needs no threshold of its own.
 */
function valueChain(
  rungs: readonly Rung[],
  nodes: readonly DifficultyNode[],
  terms: { readonly valueUsd: number; readonly verifier: ChainVerifier },
): Chain {
  const right = (1 + terms.verifier.j) / 2;
  const verdictUsd = terms.verifier.microUsdPerVerdict / 1e6;
  let reach: number[] = nodes.map(() => 1);
  let [success, worth, moneyUsd, minutes, costUsd] = [0, 0, 0, 0, 0];
  for (const [i, { candidate, solves }] of rungs.entries()) {
    const isLast = i === rungs.length - 1;
    const next: number[] = [];
    let [reached, load] = [0, 0];
    for (const [n, { share, weight, costRatio }] of nodes.entries()) {
      const here = reach[n] ?? 0;
      const p = solves[n] ?? 0;
      const delivered = here * p * (isLast ? 1 : right);
      success += share * delivered;
      worth += share * weight * delivered;
      reached += share * here;
      load += share * costRatio * here;
      next.push(here * (p * (1 - right) + (1 - p) * right));
    }
    const verdictsUsd = isLast ? 0 : reached * verdictUsd;
    moneyUsd += load * candidate.moneyUsd + verdictsUsd;
    minutes += load * candidate.minutes;
    costUsd += toAttemptUsd(candidate, { reached, load }) + verdictsUsd;
    reach = next;
  }
  const members = rungs.map(({ candidate }) => candidate);
  return { members, success, moneyUsd, minutes, utilityUsd: terms.valueUsd * worth - costUsd };
}

type Rungs = readonly Rung[];

/** Adds to each chain, once, every dearer rung of another model. */
function extend(chains: readonly Rungs[], rungs: Rungs): readonly Rungs[] {
  return chains.flatMap((chain) => {
    const taken = new Set(chain.flatMap(({ candidate }) => toModelKeys(candidate)));
    const last = chain.at(-1);
    const from = last === undefined ? 0 : rungs.indexOf(last) + 1;
    return rungs
      .slice(from)
      .filter(({ candidate }) => !toModelKeys(candidate).some((key) => taken.has(key)))
      .map((rung) => [...chain, rung]);
  });
}

/** Every order of a chain's rungs. */
function permute(chain: Rungs): readonly Rungs[] {
  if (chain.length <= 1) return [chain];
  return chain.flatMap((first) => permute(chain.filter((rung) => rung !== first)).map((rest) => [first, ...rest]));
}

/** The first `count` of `ranked` that pass; the test is dear, so no further one is tried. */
function takeWhere<T>(ranked: readonly T[], passes: (one: T) => boolean, count: number): readonly T[] {
  const taken: T[] = [];
  for (const one of ranked) {
    if (taken.length >= count) break;
    if (passes(one)) taken.push(one);
  }
  return taken;
}

/**
 * The most valuable chain of two or three models; a longer one must beat every shorter one. Sets of models are valued
 * cheaper before dearer, and only the best few sets in every order: a full search over the same models finds 0.01 %
 * more. `candidates` are those above the floor, so no attempt of a chain is below it. null when there are no two models,
 * or when `maxMicroUsd` pays for no two attempts.
 */
export function findBestChain(
  candidates: readonly Candidate[],
  choice: Choice,
  context: { readonly terms: TaskTerms; readonly verifier: ChainVerifier; readonly maxMicroUsd?: number | null },
): Chain | null {
  const nodes = toDifficultyNodes(context.terms.strata);
  const rungs = toAttemptPool(candidates, choice).map((candidate) => toRung(candidate, nodes));
  const valueTerms = { valueUsd: context.terms.valueUsd, verifier: context.verifier };
  const toValued = (chain: Rungs) => ({ chain, value: valueChain(chain, nodes, valueTerms) });
  const sets: ReturnType<typeof toValued>[] = [];
  let chains: readonly Rungs[] = rungs.map((rung) => [rung]);
  for (let length = 2; length <= PARAMETERS.cascade.maxLength; length += 1) {
    chains = extend(chains, rungs);
    sets.push(...chains.map(toValued));
  }
  // The sort is stable and shorter chains come first, so a tie goes to the shorter.
  const byValue = (a: { readonly value: Chain }, b: { readonly value: Chain }): number =>
    b.value.utilityUsd - a.value.utilityUsd;
  const { maxMicroUsd = null } = context;
  const fits = ({ chain }: { readonly chain: Rungs }): boolean =>
    maxMicroUsd === null || toChainMicroUsd(chain, nodes) <= maxMicroUsd;
  const finalists = takeWhere(sets.sort(byValue), fits, PARAMETERS.cascade.searchReordered);
  const [best] = finalists
    .flatMap(({ chain }) => permute(chain).map(toValued))
    .filter(fits)
    .sort(byValue);
  return best?.value ?? null;
}
