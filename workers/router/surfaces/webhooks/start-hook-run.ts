import { type Fault, isRetryable } from "../../../../shared/base/fault.ts";
import { fail, ok, type Result } from "../../../../shared/base/result.ts";
import { toMicroUsd } from "../../../../shared/contract/fields.ts";
import type { CreateRunBody } from "../../../../shared/contract/run-requests.ts";
import type { GithubSettings } from "../../../../shared/contract/webhooks.ts";
import type { RouterDeps } from "../../deps.ts";
import { createRun } from "../../handlers/create-run.ts";
import { actAs } from "./act-as.ts";

export interface HookRun {
  readonly hookId: string;
  readonly tenantId: string;
  readonly repository: string;
  readonly decisionId: string;
  readonly actor: string;
  /** Of the delivery. */
  readonly token: string;
  readonly runs: GithubSettings["runs"];
  readonly body: Pick<CreateRunBody, "task" | "task_id" | "context" | "preset">;
}

export type HookRunStart =
  | { readonly kind: "started"; readonly runId: string }
  /** Another delivery started it. */
  | { readonly kind: "exists" }
  | { readonly kind: "day_is_full" }
  | { readonly kind: "refused"; readonly faultKind: Fault["kind"] };

const DATE_CHARS = 10;

/** The id of a run in an answer of createRun(). */
function toRunId(data: unknown): string {
  const id = typeof data === "object" && data !== null && "id" in data ? data.id : undefined;
  if (typeof id !== "string") throw new Error("a run that was accepted has no id");
  return id;
}

/**
 * Starts the one run of a decision under the repository's cap of the day: the slot is taken first, and the run under the
 * decision's own key, so that of many deliveries one starts it. Faults: those that another try may mend.
 */
export async function startHookRun(run: HookRun, deps: RouterDeps): Promise<Result<HookRunStart>> {
  const { hookId, tenantId, repository, decisionId, actor, token, runs } = run;
  const day = new Date(deps.nowMs()).toISOString().slice(0, DATE_CHARS);
  const slot = { hookId, repository, day, decisionId, token, microUsd: toMicroUsd(runs.max_usd) };
  const caps = { askedBy: actor, runsCap: runs.per_day, microUsdCap: toMicroUsd(runs.usd_per_day) };
  const reserved = await deps.reserveRunSlot({ ...slot, ...caps });
  if (!reserved.ok) return reserved;
  if (reserved.value === "exists") return ok({ kind: "exists" });
  if (reserved.value === "refused") return ok({ kind: "day_is_full" });
  const body = { ...run.body, max_usd: runs.max_usd, ...(runs.mode === undefined ? {} : { mode: runs.mode }) };
  const asked = actAs({ tenantId, actor, scope: "run" }, { body, idempotencyKey: `webhook-${decisionId}` });
  const created = await createRun(asked, deps);
  if (created.ok && "data" in created.value) return ok({ kind: "started", runId: toRunId(created.value.data) });
  const released = await deps.releaseRunSlot(slot);
  if (!released.ok) return released;
  if (created.ok) throw new Error("a run was answered as a stream");
  return isRetryable(created.fault) ? fail(created.fault) : ok({ kind: "refused", faultKind: created.fault.kind });
}
