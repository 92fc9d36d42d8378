import { toPosterior, valueAttempt } from "./after-failures.ts";
import { toAttemptPool } from "./attempt-pool.ts";
import type { Candidate } from "./candidate.ts";
import { toModelKeys } from "./candidate.ts";
import { toFits } from "./chain-budget.ts";
import type { Choice } from "./choose.ts";
import type { EscalationEnd } from "./decision.ts";
import type { DifficultyNode, Rung } from "./difficulty-nodes.ts";
import { toDifficultyNodes, toRung } from "./difficulty-nodes.ts";
import { PARAMETERS } from "./parameters.ts";
import type { TaskTerms } from "./task-terms.ts";

interface Turn {
  readonly nodes: readonly DifficultyNode[];
  readonly posterior: readonly number[];
  readonly valueUsd: number;
  readonly fits: (candidate: Candidate) => boolean;
}

/** The most valuable attempt that is worth its cost and fits; `isTooDear`: one that does not fit would be worth more. */
function findBest(open: readonly Rung[], { nodes, posterior, valueUsd, fits }: Turn) {
  let best: { readonly rung: Rung; readonly utilityUsd: number } | null = null;
  let isTooDear = false;
  for (const rung of open) {
    const { utilityUsd } = valueAttempt(rung, { nodes, posterior }, valueUsd);
    if (utilityUsd <= (best?.utilityUsd ?? 0)) continue;
    if (fits(rung.candidate)) best = { rung, utilityUsd };
    else isTooDear = true;
  }
  return { rung: best?.rung ?? null, isTooDear };
}

/**
 * Where to go when all of `tried` were rejected: one model after the other, each the most valuable given that those
 * before it failed, as long as the attempt is worth its cost. Models fail independently given difficulty, so another
 * model of the same strength is a better next attempt than none. `candidates` are those above the floor: of many a pool is
 * searched, and all of them only where nothing of the pool fits into the budget.
 * `end` says why there is no further one; `budget`: some would be worth their cost, and none of those fits.
 */
export function toEscalation(
  candidates: readonly Candidate[],
  choice: Choice,
  context: { readonly tried: readonly Candidate[]; readonly terms: TaskTerms; readonly maxMicroUsd: number | null },
): { readonly members: readonly Candidate[]; readonly end: EscalationEnd } {
  const { terms, maxMicroUsd } = context;
  const { valueUsd } = terms;
  const nodes = toDifficultyNodes(terms.strata);
  const failed = context.tried.map((candidate) => toRung(candidate, nodes));
  let open = toAttemptPool(candidates, choice).map((candidate) => toRung(candidate, nodes));
  const members: Candidate[] = [];
  while (members.length < PARAMETERS.escalation.limit) {
    const taken = new Set(failed.flatMap(({ candidate }) => toModelKeys(candidate)));
    const isNew = (candidate: Candidate): boolean => !toModelKeys(candidate).some((key) => taken.has(key));
    open = open.filter(({ candidate }) => isNew(candidate));
    if (open.length === 0) return { members, end: "none_left" };
    const fits = toFits([...context.tried, ...members], terms, maxMicroUsd);
    const turn = { nodes, posterior: toPosterior(nodes, failed), valueUsd, fits };
    const { rung: best, isTooDear } = findBest(open, turn);
    const beyond = (): readonly Rung[] =>
      candidates.filter((one) => isNew(one) && fits(one)).map((one) => toRung(one, nodes));
    const rung = best ?? (isTooDear ? findBest(beyond(), turn).rung : null);
    if (rung === null) return { members, end: isTooDear ? "budget" : "not_worth_its_cost" };
    members.push(rung.candidate);
    failed.push(rung);
  }
  return { members, end: "limit" };
}
