import { fail, ok, type Result } from "../../../../shared/base/result.ts";
import { parseWith } from "../../../../shared/contract/parse.ts";
import { toRouteRequest } from "../../../../shared/contract/route.ts";
import { type StandardTask, standardTaskSchema } from "../../../../shared/contract/webhooks.ts";
import { toTaskText } from "../../../../shared/task/task.ts";
import { sha256Hex } from "../../../platform/crypto.ts";
import { parseJsonBytes } from "../../../platform/read-json-body.ts";
import { isSignedAsStandard } from "../../../platform/verify-signature.ts";
import type { StandardHook } from "../../../platform/webhook-hook.ts";
import type { RouterDeps } from "../../deps.ts";
import type { Answer, Handler } from "../../handler.ts";
import { noteAsker } from "../../note-asker.ts";
import { routeTask } from "../../route-task.ts";
import { answerDelivery, type Effect } from "./answer-delivery.ts";
import { describeRefusal } from "./describe-refusal.ts";
import { bytesOf, findHook, NO_SECRETS, REFUSED } from "./find-hook.ts";
import { readUnreachable } from "./read-unreachable.ts";
import { type HookRun, startHookRun } from "./start-hook-run.ts";

/** Whose day a sender's runs are counted under, which has no repository. */
const DAY_OF = "standard";

interface RunPlace {
  readonly hook: StandardHook;
  readonly token: string;
  readonly actor: string;
  readonly decisionId: string;
}

/** The run of a decision under the hook's cap; null = another delivery started it. Fault: conflict where there may be none. */
async function startRun(
  body: HookRun["body"],
  { hook, token, actor, decisionId }: RunPlace,
  deps: RouterDeps,
): Promise<Result<string | null>> {
  const { id: hookId, tenantId, settings } = hook;
  const { runs } = settings;
  if (!runs.on)
    return fail({ kind: "conflict", message: "Cannot start a run: this hook's configuration has runs off" });
  const start = await startHookRun(
    { hookId, tenantId, repository: DAY_OF, decisionId, actor, token, runs, body },
    deps,
  );
  if (!start.ok) return start;
  if (start.value.kind === "day_is_full")
    return fail({ kind: "conflict", message: "Cannot start a run: this hook's cap for the day is used up" });
  if (start.value.kind === "refused")
    return fail({ kind: "conflict", message: `Cannot start a run: ${describeRefusal(start.value.faultKind)}` });
  return ok(start.value.kind === "started" ? start.value.runId : null);
}

async function decideTask(
  task: StandardTask,
  { hook, token, lock }: { readonly hook: StandardHook; readonly token: string; readonly lock: string },
  deps: RouterDeps,
): Promise<Result<Effect>> {
  const { run: wantsRun = false, ...asked } = task;
  // A run is decided again by what it reaches: under one task id it gets the decision that is answered here.
  const body = wantsRun ? { ...asked, task_id: asked.task_id ?? lock } : asked;
  const { tenantId } = hook;
  const actor = `webhook:${hook.id}`;
  const unreachable = wantsRun ? await readUnreachable(tenantId, deps) : ok([]);
  if (!unreachable.ok) return unreachable;
  const routed = await routeTask(
    {
      tenantId,
      requestedBy: actor,
      taskText: toTaskText({ task: task.task, files: task.context?.files ?? [], stack: task.context?.stack ?? [] }),
      taskId: body.task_id ?? null,
      reroute: false,
      request: toRouteRequest(asked),
      unreachable: unreachable.value,
    },
    deps,
  );
  if (!routed.ok) return routed;
  const { record } = routed.value;
  const noted = record.core.gate.requiresApproval ? await noteAsker(record, actor, deps) : ok(undefined);
  if (!noted.ok) return noted;
  if (!wantsRun) return ok({ ignored: null, decisionId: record.id, runId: null });
  const started = await startRun(body, { hook, token, actor, decisionId: record.id }, deps);
  return started.ok ? ok({ ignored: null, decisionId: record.id, runId: started.value }) : started;
}

/** POST /webhooks/standard: one signed task -> the same spine. The id is signed, so it alone tells deliveries apart. */
export const receiveStandard: Handler = async (input, deps): Promise<Result<Answer>> => {
  const found = await findHook(input, "standard", deps);
  if (!found.ok) return found;
  const [hook, bytes] = [found.value, bytesOf(input)];
  const headers = {
    id: input.header("webhook-id"),
    timestamp: input.header("webhook-timestamp"),
    signature: input.header("webhook-signature"),
  };
  const secrets = hook?.secrets ?? NO_SECRETS;
  const isGenuine = await isSignedAsStandard(bytes, headers, { secrets, nowMs: deps.nowMs() });
  if (hook === null || !isGenuine || headers.id === null) return REFUSED;
  const parsed = parseJsonBytes(bytes);
  if (!parsed.ok) return parsed;
  const task = parseWith(standardTaskSchema, parsed.value);
  if (!task.ok) return task;
  const delivery = { hookId: hook.id, deliveryId: headers.id, bodySha256: await sha256Hex(headers.id) };
  const lock = `webhook:${hook.id}:${delivery.bodySha256}`;
  return answerDelivery(delivery, (token) => decideTask(task.value, { hook, token, lock }, deps), deps);
};
