import { toPosterior, valueAttempt } from "./after-failures.ts";
import { toAttemptPool } from "./attempt-pool.ts";
import type { Candidate } from "./candidate.ts";
import { toModelKeys } from "./candidate.ts";
import { toChainMicroUsd } from "./chain-budget.ts";
import type { Choice } from "./choose.ts";
import type { EscalationEnd } from "./decision.ts";
import type { Rung } from "./difficulty-nodes.ts";
import { toDifficultyNodes, toRung } from "./difficulty-nodes.ts";
import { PARAMETERS } from "./parameters.ts";
import type { TaskTerms } from "./task-terms.ts";

/**
 * Where to go when all of `tried` were rejected: one model after the other, each the most valuable given that those
 * before it failed, as long as the attempt is worth its cost. Models fail independently given difficulty, so another
 * model of the same strength is a better next attempt than none. `candidates` are those above the floor.
 * `end` says why there is no further one; `budget`: some would be worth their cost, and none of those fits.
 */
export function toEscalation(
  candidates: readonly Candidate[],
  choice: Choice,
  context: { readonly tried: readonly Candidate[]; readonly terms: TaskTerms; readonly maxMicroUsd: number | null },
): { readonly members: readonly Candidate[]; readonly end: EscalationEnd } {
  const { strata, valueUsd } = context.terms;
  const nodes = toDifficultyNodes(strata);
  let open = toAttemptPool(candidates, choice).map((candidate) => toRung(candidate, nodes));
  const failed = context.tried.map((candidate) => toRung(candidate, nodes));
  const members: Candidate[] = [];
  const most = context.maxMicroUsd ?? Number.POSITIVE_INFINITY;
  const fits = (rungs: readonly Rung[]): boolean =>
    most === Number.POSITIVE_INFINITY || toChainMicroUsd(rungs, nodes) <= most;
  while (members.length < PARAMETERS.escalation.limit) {
    const taken = new Set(failed.flatMap(({ candidate }) => toModelKeys(candidate)));
    open = open.filter(({ candidate }) => !toModelKeys(candidate).some((key) => taken.has(key)));
    if (open.length === 0) return { members, end: "none_left" };
    const posterior = toPosterior(nodes, failed);
    let best: { readonly rung: Rung; readonly utilityUsd: number } | null = null;
    let isTooDear = false;
    for (const rung of open) {
      const { utilityUsd } = valueAttempt(rung, { nodes, posterior }, valueUsd);
      if (utilityUsd <= (best?.utilityUsd ?? 0)) continue;
      if (fits([...failed, rung])) best = { rung, utilityUsd };
      else isTooDear = true;
    }
    if (best === null) return { members, end: isTooDear ? "budget" : "not_worth_its_cost" };
    members.push(best.rung.candidate);
    failed.push(best.rung);
  }
  return { members, end: "limit" };
}
