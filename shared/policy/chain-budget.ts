import type { Result } from "../base/result.ts";
import { fail, ok } from "../base/result.ts";
import { toPosterior } from "./after-failures.ts";
import type { Candidate } from "./candidate.ts";
import type { DecisionCore } from "./decision.ts";
import type { DifficultyNode, Rung } from "./difficulty-nodes.ts";
import { toDifficultyNodes, toRung } from "./difficulty-nodes.ts";
import type { TaskTerms } from "./task-terms.ts";

/** Rounded as it is stored (toExpected), so that what is shown adds up to what was compared. */
const toMicro = (usd: number): number => Math.round(usd * 1e6);

/** How much dearer than at the kickoff an attempt is where all of `failed` did: the same for every model (valueAttempt). */
function toLoad(failed: readonly Rung[], nodes: readonly DifficultyNode[]): number {
  if (failed.length === 0) return 1;
  const posterior = toPosterior(nodes, failed);
  return nodes.reduce((load, { costRatio }, n) => load + (posterior[n] ?? 0) * costRatio, 0);
}

/**
 * Expected provider money of trying `rungs` in order when each before the last fails, micro-dollars: the sum of what
 * every attempt is expected to cost in its turn.
 */
export function toChainMicroUsd(rungs: readonly Rung[], nodes: readonly DifficultyNode[]): number {
  return rungs.reduce((sum, rung, turn) => {
    return sum + toMicro(toLoad(rungs.slice(0, turn), nodes) * rung.candidate.moneyUsd);
  }, 0);
}

/** Whether a candidate, tried where all of `failed` failed, still fits into the budget for all attempts; null = no such budget. */
export function toFits(
  failed: readonly Candidate[],
  terms: TaskTerms,
  maxMicroUsd: number | null,
): (candidate: Candidate) => boolean {
  if (maxMicroUsd === null) return () => true;
  const nodes = toDifficultyNodes(terms.strata);
  const rungs = failed.map((candidate) => toRung(candidate, nodes));
  const [spent, load] = [toChainMicroUsd(rungs, nodes), toLoad(rungs, nodes)];
  return ({ moneyUsd }) => spent + toMicro(load * moneyUsd) <= maxMicroUsd;
}

interface Affordable {
  readonly candidates: readonly Candidate[];
  readonly counts: DecisionCore["candidates"];
}

/** Candidates whose first attempt fits the request's budget for all attempts. Fault no_candidates: `max_usd`. */
export function keepAffordable(
  candidates: readonly Candidate[],
  counts: DecisionCore["candidates"],
  maxMicroUsd: number | null,
): Result<Affordable> {
  if (maxMicroUsd === null) return ok({ candidates, counts });
  const left = candidates.filter(({ moneyUsd }) => toMicro(moneyUsd) <= maxMicroUsd);
  const removed = candidates.length - left.length;
  if (left.length === 0) return fail({ kind: "no_candidates", emptiedBy: "max_usd", before: removed });
  return ok({
    candidates: left,
    counts: removed === 0 ? counts : { ...counts, removed: { ...counts.removed, max_usd: removed } },
  });
}
