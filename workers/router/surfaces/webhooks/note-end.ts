import { ok, type Result } from "../../../../shared/base/result.ts";
import type { ThreadRow } from "../../../platform/d1/tracker-threads-store.ts";
import type { RouterDeps } from "../../deps.ts";
import { recordOutcome } from "../../handlers/verdicts.ts";
import { actAs } from "./act-as.ts";
import { type Effect, NO_EFFECT } from "./answer-delivery.ts";
import type { EventPlace } from "./carry-out.ts";
import type { Intent } from "./github-intent.ts";

type Of<K extends Intent["kind"]> = Extract<Intent, { readonly kind: K }>;

const UNKNOWN: Effect = { ...NO_EFFECT, ignored: "unknown_issue" };

async function findThread(number: number, { hook, repository }: EventPlace, deps: RouterDeps) {
  return deps.readThread({ hookId: hook.id, repository, number });
}

/**
 * What became of a decision's current attempt. One that nobody approved was not carried out, so it only ends; one that
 * has an outcome keeps it.
 */
async function noteOutcome(
  { tenantId, decisionId }: ThreadRow,
  { result, actor }: { readonly result: "success" | "failure" | "abandoned"; readonly actor: string },
  deps: RouterDeps,
): Promise<Result<void>> {
  if (decisionId === null) return ok(undefined);
  const record = await deps.readDecision(tenantId, decisionId);
  if (!record.ok) return record.fault.kind === "not_found" ? ok(undefined) : record;
  const approval = record.value.core.gate.requiresApproval ? await deps.readApproval(tenantId, decisionId) : null;
  if (approval !== null && !approval.ok) return approval;
  const isUnapproved = approval !== null && approval.value === null;
  const body = { decision_id: decisionId, result: isUnapproved ? "abandoned" : result };
  const saved = await recordOutcome(actAs({ tenantId, actor, scope: "feedback" }, { body }), deps);
  deps.forgetTenant(tenantId);
  return saved.ok || saved.fault.kind === "conflict" ? ok(undefined) : saved;
}

/** For the measured quality of the repository's check. A decision that is gone, or has no such attempt, tells nothing. */
async function noteEvent(
  { tenantId, decisionId, repository }: ThreadRow,
  { kind, actor }: { readonly kind: "reverted" | "reopened"; readonly actor: string },
  deps: RouterDeps,
): Promise<Result<void>> {
  if (decisionId === null) return ok(undefined);
  const event = { tenantId, decisionId, attempt: null, repository, kind, createdBy: actor };
  const noted = await deps.noteRepositoryEvent(event);
  if (noted.ok || noted.fault.kind === "not_found" || noted.fault.kind === "conflict") return ok(undefined);
  return noted;
}

const toEffect = ({ decisionId, runId }: ThreadRow): Effect => ({ ignored: null, decisionId, runId });

/** Closed as completed: the work was done. Any other way: it ended, and nothing is learned of it. */
export async function noteClosed(intent: Of<"closed">, place: EventPlace, deps: RouterDeps): Promise<Result<Effect>> {
  const thread = await findThread(intent.number, place, deps);
  if (!thread.ok) return thread;
  if (thread.value === null) return ok(UNKNOWN);
  const result = intent.isDone ? "success" : "abandoned";
  const noted = await noteOutcome(thread.value, { result, actor: intent.actor }, deps);
  return noted.ok ? ok(toEffect(thread.value)) : noted;
}

export async function noteReopened(
  intent: { readonly number: number; readonly actor: string },
  place: EventPlace,
  deps: RouterDeps,
): Promise<Result<Effect>> {
  const thread = await findThread(intent.number, place, deps);
  if (!thread.ok) return thread;
  if (thread.value === null) return ok(UNKNOWN);
  const noted = await noteEvent(thread.value, { kind: "reopened", actor: intent.actor }, deps);
  return noted.ok ? ok(toEffect(thread.value)) : noted;
}

/** A merge does the issues that it closes; it is remembered with them, since a revert names the pull request alone. */
export async function noteMerged(intent: Of<"merged">, place: EventPlace, deps: RouterDeps): Promise<Result<Effect>> {
  let effect: Effect = UNKNOWN;
  for (const number of new Set([...intent.closes, intent.number])) {
    const thread = await findThread(number, place, deps);
    if (!thread.ok) return thread;
    if (thread.value === null) continue;
    const linked = await deps.linkPull({ id: thread.value.id, pullNumber: intent.number });
    if (!linked.ok) return linked;
    const noted = await noteOutcome(thread.value, { result: "success", actor: intent.actor }, deps);
    if (!noted.ok) return noted;
    effect = toEffect(thread.value);
  }
  return ok(effect);
}

/** What was merged is taken back: a failure where no outcome stands yet, and an event against the check that let it pass. */
export async function noteReverted(
  intent: Of<"reverted">,
  place: EventPlace,
  deps: RouterDeps,
): Promise<Result<Effect>> {
  const { hook, repository } = place;
  const threads = await deps.readThreadsOfPull({ hookId: hook.id, repository, number: intent.number });
  if (!threads.ok) return threads;
  for (const thread of threads.value) {
    const noted = await noteOutcome(thread, { result: "failure", actor: intent.actor }, deps);
    if (!noted.ok) return noted;
    const told = await noteEvent(thread, { kind: "reverted", actor: intent.actor }, deps);
    if (!told.ok) return told;
  }
  const [first] = threads.value;
  return ok(first === undefined ? UNKNOWN : toEffect(first));
}
