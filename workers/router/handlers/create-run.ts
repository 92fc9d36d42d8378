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

/** The approval of a gated run's decision that another key gave before: the run names it as its own and starts. */
async function findApproval({ gate, record }: PreparedRun, { keyId }: Asker, deps: RouterDeps) {
  if (!gate.requiresApproval) return ok(null);
  // Whoever asks for a gated run has asked for its decision: neither may be approved by that key.
  const noted = await noteAsker(record, keyId, deps);
  if (!noted.ok) return noted;
  const given = await deps.readApproval(record.tenantId, record.id);
  if (!given.ok) return given;
  return ok(given.value === null || given.value.approvedBy === keyId ? null : given.value);
}

async function storeRun(
  run: PreparedRun,
  { tenantId, keyId, body, request }: Asker & { readonly body: CreateRunBody; readonly request: KeyedRequest | null },
  deps: RouterDeps,
): Promise<Result<Answer>> {
  const found = await findApproval(run, { tenantId, keyId }, deps);
  if (!found.ok) return found;
  const approval = found.value;
  const [runId, nowMs] = [deps.newId("run"), deps.nowMs()];
  const { record, gate, plan, settings, models, texts, taskBytes } = run;
  const { requiresApproval } = gate;
  const status = startRun(plan, { requiresApproval: requiresApproval && approval === null }).state;
  const data = toCreatedBody(run, { runId, status, approvalId: approval?.id ?? null, nowMs });
  const accepted = await deps.acceptRun({
    runId,
    tenantId,
    keyId,
    decisionId: record.id,
    taskId: body.task_id ?? null,
    plan,
    settings,
    requiresApproval,
    approval,
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
  return ok({ data });
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
