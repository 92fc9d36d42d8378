import { fail, ok } from "../../../shared/base/result.ts";
import {
  approveRequestSchema,
  outcomeRequestSchema,
  verdictRequestSchema,
} from "../../../shared/contract/decisions.ts";
import { toMicroUsd } from "../../../shared/contract/fields.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import { advanceAttempt } from "../../../shared/run/attempts.ts";
import { OWN_REQUEST } from "../../platform/d1/approvals-store.ts";
import { toAttemptFacts } from "../attempt-facts.ts";
import type { Handler } from "../handler.ts";
import { readPaidAttempts } from "../paid-attempts.ts";
import { toVerdictAnswer } from "../present-verdict.ts";
import { toVerdictRow } from "../verdict-row.ts";

const UNAPPROVED =
  "Cannot judge an attempt of a decision that nobody approved (it can be abandoned): POST /api/decisions/:id/approve with another key comes first";

/** POST /api/decisions/:id/verdict: closes the current attempt; a rejection answers the next model of the sequence. */
export const giveVerdict: Handler = async ({ principal, params, body }, deps) => {
  const verdict = parseWith(verdictRequestSchema, body);
  if (!verdict.ok) return verdict;
  const found = await deps.readDecision(principal.tenantId, params.id ?? "");
  if (!found.ok) return found;
  const record = found.value;
  const { accepted, evidence = null, source, cost_usd, repository = null, attempt = record.attempt } = verdict.value;
  // An earlier attempt is let through: the store answers a repeated verdict as before and refuses a changed one.
  if (attempt > record.attempt) {
    const message = `Cannot take a verdict on attempt ${attempt}: the decision stands at attempt ${record.attempt}`;
    return fail({ kind: "conflict", message });
  }
  const approval = record.core.gate.requiresApproval
    ? await deps.readApproval(principal.tenantId, record.id)
    : ok(null);
  if (!approval.ok) return approval;
  const isHeld = record.core.gate.requiresApproval && approval.value === null;
  if (isHeld && (accepted || attempt > 0)) return fail({ kind: "conflict", message: UNAPPROVED });
  const work = await deps.readAttemptWork({ tenantId: principal.tenantId, decisionId: record.id, attempt });
  if (!work.ok) return work;
  const known = toAttemptFacts(record, attempt, work.value);
  const facts = cost_usd === undefined ? known : { ...known, costMicroUsd: toMicroUsd(cost_usd) };
  const paid = await readPaidAttempts(record, { attempt, costMicroUsd: facts.costMicroUsd }, deps);
  if (!paid.ok) return paid;
  const step = advanceAttempt(record.core, { attempt, accepted, paid: paid.value });
  const [by, answeredBy] = [principal.keyId ?? "anonymous", work.value?.answeredBy ?? null];
  const said = { attempt, accepted, source, isHeld, repository, evidence, by, facts, answeredBy };
  const saved = await deps.applyVerdict({
    ...(await toVerdictRow(record, said, deps)),
    nextState: step.status === "next" ? "open" : step.status,
    nextModelId: step.next?.model ?? null,
  });
  if (!saved.ok) return saved;
  return ok({ data: toVerdictAnswer(step, { core: record.core, attempt, isHeld, evidence, paid: paid.value }) });
};

/** POST /api/decisions/:id/approve: lifts the gate. No key that ever asked for the decision can approve it. */
export const approveDecision: Handler = async ({ principal, params, body }, deps) => {
  const asked = parseWith(approveRequestSchema, body ?? {});
  if (!asked.ok) return asked;
  const record = await deps.readDecision(principal.tenantId, params.id ?? "");
  if (!record.ok) return record;
  if (principal.keyId === null || principal.keyId === record.value.requestedBy) {
    return fail({ kind: "forbidden", message: OWN_REQUEST });
  }
  if (!record.value.core.gate.requiresApproval) {
    return fail({ kind: "conflict", message: "Cannot approve this decision: it requires no approval" });
  }
  const approval = {
    id: deps.newId("apr"),
    decisionId: record.value.id,
    tenantId: principal.tenantId,
    approvedBy: principal.keyId,
    note: asked.value.note ?? null,
    createdAtMs: deps.nowMs(),
  };
  const saved = await deps.saveApproval(approval);
  if (!saved.ok) return saved;
  return ok({ data: { approval_id: approval.id, decision_id: approval.decisionId, approved_by: approval.approvedBy } });
};

/** POST /api/outcomes: what became of the decision's current attempt; it ends the kickoff lock. */
export const recordOutcome: Handler = async ({ principal, body }, deps) => {
  const asked = parseWith(outcomeRequestSchema, body);
  if (!asked.ok) return asked;
  const { decision_id, result, rating, cost_usd, context = [] } = asked.value;
  const record = await deps.readDecision(principal.tenantId, decision_id);
  if (!record.ok) return record;
  const { attempt = record.value.attempt } = asked.value;
  if (attempt !== record.value.attempt) {
    const message = `Cannot record an outcome of attempt ${attempt}: the decision stands at attempt ${record.value.attempt}`;
    return fail({ kind: "conflict", message });
  }
  if (result !== "abandoned" && record.value.core.gate.requiresApproval) {
    const approval = await deps.readApproval(principal.tenantId, record.value.id);
    if (!approval.ok) return approval;
    if (approval.value === null) return fail({ kind: "conflict", message: UNAPPROVED });
  }
  const policy = await deps.readPolicy(principal.tenantId);
  if (!policy.ok) return policy;
  const work = await deps.readAttemptWork({ tenantId: principal.tenantId, decisionId: record.value.id, attempt });
  if (!work.ok) return work;
  const facts = toAttemptFacts(record.value, attempt, work.value);
  const id = deps.newId("out");
  const saved = await deps.saveOutcome({
    id,
    decisionId: record.value.id,
    tenantId: principal.tenantId,
    attempt,
    ...facts,
    answeredBy: work.value?.answeredBy ?? null,
    result,
    y: result === "success" ? 1 : result === "failure" ? 0 : null,
    rating: rating ?? null,
    costMicroUsd: cost_usd === undefined ? facts.costMicroUsd : toMicroUsd(cost_usd),
    tags: context,
    isShared: policy.value.policy.shareOutcomes ?? false,
    createdAtMs: deps.nowMs(),
    createdBy: principal.keyId ?? "anonymous",
  });
  return saved.ok ? ok({ data: { outcome_id: id, decision_id, recorded: true } }) : saved;
};
