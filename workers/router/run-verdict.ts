import { ok, type Result } from "../../shared/base/result.ts";
import { attemptSequence } from "../../shared/run/attempts.ts";
import { attemptOfStep, toAttemptWork } from "../../shared/run/run-attempts.ts";
import type { DecisionVerdict } from "../platform/d1/run-change-store.ts";
import type { NewVerdict } from "../platform/d1/verdicts-store.ts";
import { toAttemptFacts } from "./attempt-facts.ts";
import type { RouterDeps } from "./deps.ts";
import type { RunKey } from "./run-deps.ts";
import { toVerdictRow } from "./verdict-row.ts";

interface RunVerdict extends RunKey, Pick<NewVerdict, "accepted" | "source" | "repository"> {
  readonly stepId: string;
  readonly evidence: string | null;
  readonly by: string;
}

/**
 * A verdict on a run's answer as one on the attempt of its decision: the model that answered, what was expected of it, what its
 * calls cost. null for a run without a decision, or a step that is no attempt of it. Faults: those of the stores.
 */
export async function toRunVerdict(said: RunVerdict, deps: RouterDeps): Promise<Result<DecisionVerdict | null>> {
  const { tenantId, runId, stepId, accepted, source, repository, evidence, by } = said;
  const [run, calls] = await Promise.all([deps.readRun({ tenantId, runId }), deps.readRunCalls({ tenantId, runId })]);
  if (!run.ok) return run;
  if (!calls.ok) return calls;
  const { decisionId, plan, settings } = run.value;
  const { firstAttempt } = settings;
  const attempt = attemptOfStep(plan, stepId, firstAttempt);
  if (decisionId === null || attempt === null) return ok(null);
  const record = await deps.readDecision(tenantId, decisionId);
  if (!record.ok) return record;
  const work = toAttemptWork(plan, calls.value, { attempt, firstAttempt });
  const facts = toAttemptFacts(record.value, attempt, work);
  const row = await toVerdictRow(record.value, { attempt, accepted, source, repository, evidence, by, facts }, deps);
  return ok({ ...row, nextModelId: attemptSequence(record.value.core)[attempt + 1]?.model ?? null });
}
