import { fail, ok, type Result } from "../../../shared/base/result.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import { type CreateRunBody, createRunQuerySchema, createRunSchema } from "../../../shared/contract/run-requests.ts";
import { startRun } from "../../../shared/run/advance.ts";
import type { RouterDeps } from "../deps.ts";
import { toStepEvent } from "../governance-events.ts";
import type { Answer, Handler } from "../handler.ts";
import { answerOnce } from "../idempotency.ts";
import { noteAsker } from "../note-asker.ts";
import { type PreparedRun, prepareRun } from "../prepare-run.ts";
import { toCreatedBody, toPreviewBody } from "../present-plan.ts";
import type { KeyedRequest } from "../run-deps.ts";

const ENDPOINT = "POST /api/runs";

interface Asker {
  readonly tenantId: string;
  readonly keyId: string;
}

/** A decision that another key approved already lets the run go on; the run names that approval as its own. */
async function takeApproval(run: PreparedRun, { runId, keyId }: Asker & { readonly runId: string }, deps: RouterDeps) {
  const { tenantId, id } = run.record;
  const approval = await deps.readApproval(tenantId, id);
  if (!approval.ok) return approval;
  const given = approval.value;
  if (given === null || given.approvedBy === keyId) return ok(undefined);
  return deps.approveRun({ tenantId, runId, approvalId: given.id, approvedBy: given.approvedBy, note: null });
}

async function storeRun(
  run: PreparedRun,
  { tenantId, keyId, body, request }: Asker & { readonly body: CreateRunBody; readonly request: KeyedRequest | null },
  deps: RouterDeps,
): Promise<Result<Answer>> {
  const [runId, nowMs] = [deps.newId("run"), deps.nowMs()];
  const { record, gate, plan, settings, models, texts, taskBytes } = run;
  const { requiresApproval } = gate;
  const status = startRun(plan, { requiresApproval }).state;
  const data = toCreatedBody(run, { runId, status, nowMs });
  // Whoever asks for a gated run has asked for its decision: neither may be approved by that key.
  const noted = requiresApproval ? await noteAsker(record, keyId, deps) : ok(undefined);
  if (!noted.ok) return noted;
  const accepted = await deps.acceptRun({
    runId,
    tenantId,
    keyId,
    decisionId: record.id,
    taskId: body.task_id ?? null,
    plan,
    settings,
    requiresApproval,
    models,
    texts,
    taskSha256: await deps.sha256Hex(texts.task),
    taskBytes,
    capMicroUsd: run.capMicroUsd,
    keyCapMicroUsd: run.keyCapMicroUsd,
    dayCapMicroUsd: run.dayCapMicroUsd,
    idempotency: request === null ? null : { ...request, body: JSON.stringify({ data }) },
    governanceEvents: run.governedSteps.map((step) =>
      toStepEvent(step, { tenantId, decisionId: record.id, runId }, deps),
    ),
    nowMs,
  });
  if (!accepted.ok) return accepted;
  if (accepted.value === "lost_key")
    return fail({ kind: "conflict", message: "Another request with this Idempotency-Key took over" });
  const approved = requiresApproval ? await takeApproval(run, { tenantId, keyId, runId }, deps) : ok(undefined);
  return approved.ok ? ok({ data }) : approved;
}

/** POST /api/runs: 202 once the run is stored. `?dry_run=1` stores the decision alone and starts nothing. */
export const createRun: Handler = async (input, deps) => {
  const query = parseWith(createRunQuerySchema, input.query);
  if (!query.ok) return query;
  const body = parseWith(createRunSchema, input.body);
  if (!body.ok) return body;
  const { tenantId, keyId } = input.principal;
  if (keyId === null) return fail({ kind: "unauthorized" });
  const isPreview = query.value.dry_run ?? false;
  const command = { tenantId, keyId, body: body.value, isPreview };
  if (isPreview) {
    const run = await prepareRun(command, deps);
    return run.ok ? ok({ data: toPreviewBody(run.value), isPreview: true }) : run;
  }
  const work = async (request: KeyedRequest | null): Promise<Result<Answer>> => {
    const run = await prepareRun(command, deps);
    return run.ok ? storeRun(run.value, { tenantId, keyId, body: body.value, request }, deps) : run;
  };
  return answerOnce(input, { endpoint: ENDPOINT, body: body.value, work }, deps);
};
