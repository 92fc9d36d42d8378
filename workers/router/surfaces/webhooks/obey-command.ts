import type { Fault } from "../../../../shared/base/fault.ts";
import { ok, type Result } from "../../../../shared/base/result.ts";
import type { ThreadRow } from "../../../platform/d1/tracker-threads-store.ts";
import type { RouterDeps } from "../../deps.ts";
import { approveRun, cancelRun } from "../../handlers/change-run.ts";
import { approveDecision } from "../../handlers/verdicts.ts";
import { actAs } from "./act-as.ts";
import { type Effect, NO_EFFECT } from "./answer-delivery.ts";
import type { EventPlace } from "./carry-out.ts";
import type { Intent } from "./github-intent.ts";
import { wantIssue } from "./want-issue.ts";

type CommandIntent = Extract<Intent, { readonly kind: "command" }>;

/** Nothing to approve, or approved already: said by the comment, and no failure of the delivery. */
const IS_MOOT: ReadonlySet<Fault["kind"]> = new Set(["conflict", "not_found"]);

/** A run that waits is approved with its decision; without one the decision alone. */
async function approve(thread: ThreadRow, { actor }: CommandIntent, deps: RouterDeps): Promise<Result<unknown>> {
  const { tenantId, runId, decisionId } = thread;
  const as = { tenantId, actor, scope: "approve" } as const;
  const run = runId === null ? null : await deps.readRun({ tenantId, runId });
  if (run !== null && !run.ok && run.fault.kind !== "not_found") return run;
  if (run?.ok === true && run.value.state === "awaiting_approval")
    return approveRun(actAs(as, { params: { id: run.value.runId }, body: {} }), deps);
  return approveDecision(actAs(as, { params: { id: decisionId ?? "" }, body: {} }), deps);
}

async function cancel(
  { tenantId, runId }: ThreadRow,
  { actor }: CommandIntent,
  deps: RouterDeps,
): Promise<Result<unknown>> {
  if (runId === null) return ok(undefined);
  return cancelRun(actAs({ tenantId, actor, scope: "run" }, { params: { id: runId } }), deps);
}

/** `/spawnpoint approve` and `/spawnpoint cancel` on an issue that was decided here. */
export async function obeyCommand(intent: CommandIntent, place: EventPlace, deps: RouterDeps): Promise<Result<Effect>> {
  const { hook, repository } = place;
  const { number } = intent.issue;
  const found = await deps.readThread({ hookId: hook.id, repository, number });
  if (!found.ok) return found;
  const { value: thread } = found;
  if (thread === null || thread.decisionId === null) return ok({ ...NO_EFFECT, ignored: "unknown_issue" });
  const done = intent.command === "approve" ? await approve(thread, intent, deps) : await cancel(thread, intent, deps);
  if (!done.ok && done.fault.kind === "forbidden") return ok({ ...NO_EFFECT, ignored: "not_allowed" });
  if (!done.ok && !IS_MOOT.has(done.fault.kind)) return done;
  const record = await deps.readDecision(hook.tenantId, thread.decisionId);
  if (!record.ok) return record;
  const wanted = await wantIssue({ number, record: record.value, runId: thread.runId, note: "" }, place, deps);
  return wanted.ok ? ok({ ignored: null, decisionId: thread.decisionId, runId: thread.runId }) : wanted;
}
