import type { Candidate } from "./candidate.ts";
import { toAttemptUsd } from "./candidate.ts";
import type { DifficultyNode, Rung } from "./difficulty-nodes.ts";
import { toDifficultyNodes, toRung } from "./difficulty-nodes.ts";
import type { TaskTerms } from "./task-terms.ts";

/** The nodes' shares after each of `failed` has failed, summing to 1: a failure says that the task is likely harder. */
export function toPosterior(nodes: readonly DifficultyNode[], failed: readonly Rung[]): readonly number[] {
  const joint = nodes.map(({ share }, n) => failed.reduce((left, { solves }) => left * (1 - (solves[n] ?? 0)), share));
  const total = joint.reduce((a, b) => a + b, 0);
  return joint.map((part) => part / total);
}

/** What one attempt is expected to bring and cost, unrounded. */
export interface AttemptValue {
  readonly success: number;
  readonly moneyUsd: number;
  readonly minutes: number;
  readonly utilityUsd: number;
}

/** One more attempt, difficulty weighed by `posterior`. */
export function valueAttempt(
  { candidate, solves }: Rung,
  difficulty: { readonly nodes: readonly DifficultyNode[]; readonly posterior: readonly number[] },
  valueUsd: number,
): AttemptValue {
  let [success, worth, load] = [0, 0, 0];
  for (const [n, { weight, costRatio }] of difficulty.nodes.entries()) {
    const share = difficulty.posterior[n] ?? 0;
    const solved = share * (solves[n] ?? 0);
    success += solved;
    worth += weight * solved;
    load += share * costRatio;
  }
  return {
    success,
    moneyUsd: load * candidate.moneyUsd,
    minutes: load * candidate.minutes,
    utilityUsd: valueUsd * worth - toAttemptUsd(candidate, { reached: 1, load }),
  };
}

/**
 * What each of `sequence` is expected to do when its turn comes: the first as it stands, every later one given that
 * all before it failed. An outcome of a later attempt is compared with this, for it was tried on what the others
 * could not do.
 */
export function valueInTurn(sequence: readonly Candidate[], terms: TaskTerms): readonly AttemptValue[] {
  const nodes = toDifficultyNodes(terms.strata);
  const rungs = sequence.map((candidate) => toRung(candidate, nodes));
  return rungs.map((rung, turn) => {
    if (turn === 0) return rung.candidate;
    return valueAttempt(rung, { nodes, posterior: toPosterior(nodes, rungs.slice(0, turn)) }, terms.valueUsd);
  });
}
