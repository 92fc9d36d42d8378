import { ok, type Result } from "../../../../shared/base/result.ts";
import { PLAIN_REQUEST } from "../../../../shared/policy/decision.ts";
import { toTaskText } from "../../../../shared/task/task.ts";
import type { DecisionRecord } from "../../../platform/d1/decisions-store.ts";
import type { RouterDeps } from "../../deps.ts";
import { toTaskKey } from "../../kickoff-lock.ts";
import { routeTask } from "../../route-task.ts";
import type { Effect } from "./answer-delivery.ts";
import type { EventPlace } from "./carry-out.ts";
import { describeStart } from "./compose-comment.ts";
import { type Intent, toActor } from "./github-intent.ts";
import { readUnreachable } from "./read-unreachable.ts";
import { type HookRunStart, startHookRun } from "./start-hook-run.ts";
import { wantIssue } from "./want-issue.ts";

type RouteIntent = Extract<Intent, { readonly kind: "route" }>;

const toTask = ({ title, body }: RouteIntent["issue"]): string =>
  body === null || body.trim() === "" ? title : `${title}\n\n${body}`;

/** Neither who asked nor who wrote the issue may approve what comes of it. */
async function noteAskers(
  { issue, actor }: RouteIntent,
  record: DecisionRecord,
  deps: RouterDeps,
): Promise<Result<void>> {
  if (!record.core.gate.requiresApproval) return ok(undefined);
  const askers = new Set([actor, ...(issue.user === null ? [] : [toActor(issue.user)])]);
  for (const keyId of askers) {
    const noted = await deps.saveAsker({ decisionId: record.id, tenantId: record.tenantId, keyId });
    if (!noted.ok) return noted;
  }
  return ok(undefined);
}

/** Whether an earlier run of the issue still goes on: a new decision does not start a second one beside it. */
async function hasOpenRun(
  number: number,
  { hook, repository }: EventPlace,
  deps: RouterDeps,
): Promise<Result<boolean>> {
  const thread = await deps.readThread({ hookId: hook.id, repository, number });
  if (!thread.ok) return thread;
  const runId = thread.value?.runId ?? null;
  if (runId === null) return ok(false);
  const run = await deps.readRun({ tenantId: hook.tenantId, runId });
  if (!run.ok) return run.fault.kind === "not_found" ? ok(false) : run;
  return ok(run.value.endedAtMs === null);
}

async function startRun(
  intent: RouteIntent,
  record: DecisionRecord,
  { place, deps }: { readonly place: EventPlace; readonly deps: RouterDeps },
): Promise<Result<HookRunStart | null>> {
  const { hook, repository, token } = place;
  if (!hook.settings.runs.on || !intent.isTrusted) return ok(null);
  const isBusy = await hasOpenRun(intent.issue.number, place, deps);
  if (!isBusy.ok) return isBusy;
  if (isBusy.value) return ok({ kind: "exists" });
  return startHookRun(
    {
      ...{ hookId: hook.id, tenantId: hook.tenantId, repository, decisionId: record.id, actor: intent.actor, token },
      runs: hook.settings.runs,
      body: { task: toTask(intent.issue), ...(record.taskId === null ? {} : { task_id: record.taskId }) },
    },
    deps,
  );
}

/** An issue is the same task after its repository was renamed: an open decision of it is found under the new name too. */
async function keepTask(
  { taskId, number }: { readonly taskId: string; readonly number: number },
  { hook, repository }: EventPlace,
  deps: RouterDeps,
): Promise<Result<void>> {
  const { id: hookId, tenantId } = hook;
  const thread = await deps.readThread({ hookId, repository, number });
  if (!thread.ok) return thread;
  const decisionId = thread.value?.decisionId ?? null;
  if (decisionId === null) return ok(undefined);
  const record = await deps.readDecision(tenantId, decisionId);
  if (!record.ok) return record.fault.kind === "not_found" ? ok(undefined) : record;
  if (record.value.state !== "open" || record.value.taskId === taskId) return ok(undefined);
  const lockKey = await toTaskKey({ tenantId, taskId }, deps.sha256Hex);
  return deps.moveTask({ tenantId, decisionId, taskId, lockKey });
}

/** An issue -> decision under the kickoff lock -> run, where the configuration and who asked allow one -> labels and comment. */
export async function routeIssue(intent: RouteIntent, place: EventPlace, deps: RouterDeps): Promise<Result<Effect>> {
  const { hook, repository } = place;
  const { number } = intent.issue;
  const taskId = `${repository}#${number}`;
  const kept = intent.reroute ? ok(undefined) : await keepTask({ taskId, number }, place, deps);
  if (!kept.ok) return kept;
  const unreachable = hook.settings.runs.on ? await readUnreachable(hook.tenantId, deps) : ok([]);
  if (!unreachable.ok) return unreachable;
  const routed = await routeTask(
    {
      tenantId: hook.tenantId,
      requestedBy: intent.actor,
      taskText: toTaskText({ task: toTask(intent.issue), files: [], stack: [] }),
      taskId,
      reroute: intent.reroute,
      request: PLAIN_REQUEST,
      unreachable: unreachable.value,
    },
    deps,
  );
  if (!routed.ok) return routed;
  const { record } = routed.value;
  const noted = await noteAskers(intent, record, deps);
  if (!noted.ok) return noted;
  const start = await startRun(intent, record, { place, deps });
  if (!start.ok) return start;
  const runId = start.value?.kind === "started" ? start.value.runId : null;
  const thread = await wantIssue({ number, record, runId, note: describeStart(start.value) }, place, deps);
  return thread.ok ? ok({ ignored: null, decisionId: record.id, runId: thread.value.runId }) : thread;
}
