import { fail, ok, type Result } from "../../../shared/base/result.ts";
import { toMicroUsd, toUsd } from "../../../shared/contract/fields.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import type { RunChangedBody } from "../../../shared/contract/run-answers.ts";
import { approveRunSchema, resumeRunSchema, runVerdictSchema } from "../../../shared/contract/run-requests.ts";
import { isOverdue, OVERDUE_RUN, OWN_RUN } from "../../platform/d1/run-change-store.ts";
import type { RunChange, RunRow } from "../../platform/d1/run-row.ts";
import type { RouterDeps } from "../deps.ts";
import type { Answer, Handler } from "../handler.ts";
import type { RunKey } from "../run-deps.ts";
import { toRunVerdict } from "../run-verdict.ts";
import { runKeyOf } from "./runs.ts";

/** Where the run stands after a change; read anew, so that it is what a reader sees from now on. */
async function answerChange(key: RunKey, changed: Result<RunChange>, deps: RouterDeps): Promise<Result<Answer>> {
  if (!changed.ok) return changed;
  const run = await deps.readRun(key);
  if (!run.ok) return run;
  const { runId, state, approvalId, budget } = run.value;
  const data: RunChangedBody = {
    id: runId,
    status: state,
    changed: changed.value.changed,
    approval_id: approvalId,
    cap_usd: toUsd(budget.capMicroUsd),
  };
  return ok({ data });
}

/** POST /api/runs/:id/cancel; a run that has ended stays as it is. */
export const cancelRun: Handler = async (input, deps) => {
  const key = runKeyOf(input);
  return answerChange(key, await deps.cancelRun(key), deps);
};

/**
 * The approval that lifts the gate: one is stored with the decision, the first; a run whose own asker gave that one gets
 * another. Faults: forbidden for a key that asked for the decision, conflict where the decision ended.
 */
async function takeApprovalId(
  run: RunRow,
  { approvedBy, note }: { readonly approvedBy: string; readonly note: string | null },
  deps: RouterDeps,
): Promise<Result<string>> {
  const id = deps.newId("apr");
  const { tenantId, decisionId } = run;
  if (decisionId === null) return ok(id);
  const given = await deps.readApproval(tenantId, decisionId);
  if (!given.ok) return given;
  const saved = await deps.saveApproval({ id, decisionId, tenantId, approvedBy, note, createdAtMs: deps.nowMs() });
  if (saved.ok) return ok(id);
  // That there is one already is no hindrance; to have asked for the decision is.
  if (given.value === null || saved.fault.kind !== "conflict") return saved;
  return ok(given.value.approvedBy === run.keyId ? id : given.value.id);
}

/** POST /api/runs/:id/approve */
export const approveRun: Handler = async (input, deps) => {
  const asked = parseWith(approveRunSchema, input.body ?? {});
  if (!asked.ok) return asked;
  const key = runKeyOf(input);
  const run = await deps.readRun(key);
  if (!run.ok) return run;
  const { keyId: approvedBy } = input.principal;
  if (approvedBy === null || approvedBy === run.value.keyId) return fail({ kind: "forbidden", message: OWN_RUN });
  if (run.value.state !== "awaiting_approval")
    return fail({ kind: "conflict", message: `Cannot approve this run: it awaits no approval (${run.value.state})` });
  // Before anything is stored: an approval that comes too late must not lift the decision's gate either.
  if (isOverdue(run.value, deps.nowMs())) return fail({ kind: "conflict", message: OVERDUE_RUN });
  const note = asked.value.note ?? null;
  const approvalId = await takeApprovalId(run.value, { approvedBy, note }, deps);
  if (!approvalId.ok) return approvalId;
  const changed = await deps.approveRun({ ...key, approvalId: approvalId.value, approvedBy, note });
  return answerChange(key, changed, deps);
};

/** The step that awaits a verdict. Faults: conflict where none does, or not that one; missing_param where several do. */
async function findWaiting(key: RunKey, asked: string | undefined, deps: RouterDeps): Promise<Result<string>> {
  const steps = await deps.readRunSteps(key);
  if (!steps.ok) return steps;
  const waiting = steps.value.filter(({ status }) => status.state === "awaiting_verdict").map(({ stepId }) => stepId);
  const [first, ...others] = asked === undefined ? waiting : waiting.filter((id) => id === asked);
  if (first === undefined) {
    const what = asked === undefined ? "no step of it awaits one" : `step ${JSON.stringify(asked)} awaits none`;
    return fail({ kind: "conflict", message: `Cannot take a verdict on this run: ${what}` });
  }
  if (others.length === 0) return ok(first);
  const message = `Field step_id is missing: ${waiting.join(", ")} await a verdict`;
  return fail({ kind: "missing_param", field: "step_id", message });
}

/** POST /api/runs/:id/verdict */
export const giveRunVerdict: Handler = async (input, deps) => {
  const verdict = parseWith(runVerdictSchema, input.body);
  if (!verdict.ok) return verdict;
  const key = runKeyOf(input);
  const { accepted, evidence = null, source, step_id, repository = null } = verdict.value;
  const stepId = await findWaiting(key, step_id, deps);
  if (!stepId.ok) return stepId;
  const by = input.principal.keyId ?? "anonymous";
  const said = await toRunVerdict({ ...key, stepId: stepId.value, accepted, evidence, source, repository, by }, deps);
  if (!said.ok) return said;
  const about = { ...key, stepId: stepId.value, accepted, givenBy: `${source} ${by}`, evidence };
  const changed = await deps.giveRunVerdict({ ...about, verdict: said.value });
  // A run's verdict is feedback: what was learned of this tenant is out of date.
  deps.forgetTenant(key.tenantId);
  return answerChange(key, changed, deps);
};

/** POST /api/runs/:id/resume: goes on under the raised cap, and under the key's and the day's as the policy has them now. */
export const resumeRun: Handler = async (input, deps) => {
  const asked = parseWith(resumeRunSchema, input.body ?? {});
  if (!asked.ok) return asked;
  const key = runKeyOf(input);
  const versioned = await deps.readPolicy(key.tenantId);
  if (!versioned.ok) return versioned;
  const { keyCapMicroUsd = null, dayCapMicroUsd = null } = versioned.value.policy.runs ?? {};
  const { max_usd } = asked.value;
  const capMicroUsd = max_usd === undefined ? null : toMicroUsd(max_usd);
  const changed = await deps.resumeRun({ ...key, capMicroUsd, shared: { keyCapMicroUsd, dayCapMicroUsd } });
  return answerChange(key, changed, deps);
};
