import { ok, type Result } from "../../shared/base/result.ts";
import { toUsd } from "../../shared/contract/fields.ts";
import { toRunEnd } from "../../shared/run/job.ts";
import type { RunTexts } from "../platform/d1/run-row.ts";
import { failedOutcome, plainOutcome, type Turn, type TurnOutcome } from "./turn.ts";

export interface DeliverDeps {
  readonly nowMs: () => number;
  readonly openTexts: (runId: string, sealed: string) => Promise<Result<RunTexts>>;
  /** One signed request; false = it was not taken. */
  readonly sendCallback: (callback: Callback) => Promise<boolean>;
}

export interface Callback {
  readonly tenantId: string;
  readonly url: string;
  /** The same for every try: the receiver's key of deduplication. */
  readonly messageId: string;
  readonly body: string;
}

/** Waits between tries: a receiver that is being deployed anew is back within them. */
const WAITS_MS = [5_000, 30_000, 120_000, 600_000] as const;

/** Tells whoever asked how the run ended. Nothing of task or result is in it: those are fetched with a key. */
export async function deliverEnd(turn: Turn, deps: DeliverDeps): Promise<Result<TurnOutcome>> {
  const { runId, stepId, loaded, sealedTexts } = turn;
  const { row, snapshot } = loaded;
  if (sealedTexts === null) return ok(failedOutcome(stepId, "texts_erased", "the address is erased"));
  const texts = await deps.openTexts(runId, sealedTexts);
  if (!texts.ok) return texts;
  const done = plainOutcome({ kind: "done", stepId, escalate: null, whole: true });
  const url = texts.value.callback?.url;
  if (url === undefined) return ok(done);
  const spent = row.budget.spentMicroUsd + row.budget.overrunMicroUsd;
  const body = JSON.stringify({
    type: "run.ended",
    timestamp: new Date(row.endedAtMs ?? deps.nowMs()).toISOString(),
    data: {
      run_id: runId,
      state: row.state,
      complete: toRunEnd(snapshot)?.complete ?? false,
      cost_usd: toUsd(spent),
      decision_id: row.decisionId,
    },
  });
  const isTaken = await deps.sendCallback({ tenantId: row.tenantId, url, messageId: `${runId}_${stepId}`, body });
  if (isTaken) return ok(done);
  const claims = loaded.steps.find((step) => step.stepId === stepId)?.attempts ?? 1;
  const waitMs = WAITS_MS[claims - 1];
  const lastError = "the callback was not taken";
  if (waitMs === undefined) return ok(failedOutcome(stepId, "callback_failed", lastError));
  return ok({
    ...plainOutcome({ kind: "returned", stepId }),
    ...{ failure: "callback_failed", lastError, waitMs },
    note: { kind: "step_retry", data: { failure: "callback_failed", waitMs } },
  });
}
