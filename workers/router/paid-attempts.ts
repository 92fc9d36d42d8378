import { ok, type Result } from "../../shared/base/result.ts";
import type { PaidMicroUsd } from "../../shared/run/spent-on-attempts.ts";
import type { DecisionRecord } from "../platform/d1/decisions-store.ts";
import type { RouterDeps } from "./deps.ts";

interface JudgedCost {
  readonly attempt: number;
  /** As this verdict has it; null where nobody knows. */
  readonly costMicroUsd: number | null;
}

/**
 * Known costs of a decision's attempts, this verdict's with them. What a stored verdict said of its attempt stands, so that
 * one that is repeated answers the same whatever it says of the cost. Faults: unavailable.
 */
export async function readPaidAttempts(
  { tenantId, id }: DecisionRecord,
  { attempt, costMicroUsd }: JudgedCost,
  deps: Pick<RouterDeps, "readVerdictCosts">,
): Promise<Result<PaidMicroUsd>> {
  const stored = await deps.readVerdictCosts(tenantId, id);
  if (!stored.ok) return stored;
  const judged = [...stored.value.filter((verdict) => verdict.attempt <= attempt)];
  if (!judged.some((verdict) => verdict.attempt === attempt)) judged.push({ attempt, costMicroUsd });
  return ok(
    new Map(judged.flatMap((one) => (one.costMicroUsd === null ? [] : [[one.attempt, one.costMicroUsd] as const]))),
  );
}
