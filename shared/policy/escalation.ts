import { toAttemptPool } from "./attempt-pool.ts";
import type { Candidate } from "./candidate.ts";
import { toModelKeys } from "./candidate.ts";
import type { DifficultyNode, Rung } from "./difficulty-nodes.ts";
import { toDifficultyNodes, toRung } from "./difficulty-nodes.ts";
import type { Choice } from "./hull.ts";
import type { TaskTerms } from "./task-terms.ts";

const LIMIT = 3;

/** The nodes' shares after each of `failed` has failed, summing to 1: a failure says that the task is likely harder. */
function toPosterior(nodes: readonly DifficultyNode[], failed: readonly Rung[]): readonly number[] {
  const joint = nodes.map(({ share }, n) => failed.reduce((left, { solves }) => left * (1 - (solves[n] ?? 0)), share));
  const total = joint.reduce((a, b) => a + b, 0);
  return joint.map((part) => part / total);
}

/** U of one more attempt, difficulty weighed by `posterior`. */
function valueAttempt(
  { candidate, solves }: Rung,
  difficulty: { readonly nodes: readonly DifficultyNode[]; readonly posterior: readonly number[] },
  valueUsd: number,
): number {
  let [worth, moneyRatio] = [0, 0];
  for (const [n, { weight, costRatio }] of difficulty.nodes.entries()) {
    const share = difficulty.posterior[n] ?? 0;
    worth += share * weight * (solves[n] ?? 0);
    moneyRatio += share * costRatio;
  }
  const otherUsd = candidate.totalUsd - candidate.moneyUsd;
  return valueUsd * worth - moneyRatio * candidate.moneyUsd - otherUsd;
}

/**
 * Where to go when all of `tried` were rejected: one model after the other, each the most valuable given that those
 * before it failed, as long as the attempt is worth its cost. Models fail independently given difficulty, so another
 * model of the same strength is a better next attempt than none. `candidates` are those above the floor.
 */
export function toEscalation(
  candidates: readonly Candidate[],
  choice: Choice,
  context: { readonly tried: readonly Candidate[]; readonly terms: TaskTerms },
): readonly Candidate[] {
  const { strata, valueUsd } = context.terms;
  const nodes = toDifficultyNodes(strata);
  let open = toAttemptPool(candidates, choice).map((candidate) => toRung(candidate, nodes));
  const failed = context.tried.map((candidate) => toRung(candidate, nodes));
  const next: Candidate[] = [];
  while (next.length < LIMIT) {
    const taken = new Set(failed.flatMap(({ candidate }) => toModelKeys(candidate)));
    open = open.filter(({ candidate }) => !toModelKeys(candidate).some((key) => taken.has(key)));
    const posterior = toPosterior(nodes, failed);
    let best: { readonly rung: Rung; readonly utilityUsd: number } | null = null;
    for (const rung of open) {
      const utilityUsd = valueAttempt(rung, { nodes, posterior }, valueUsd);
      if (utilityUsd > (best?.utilityUsd ?? 0)) best = { rung, utilityUsd };
    }
    if (best === null) break;
    next.push(best.rung.candidate);
    failed.push(best.rung);
  }
  return next;
}
