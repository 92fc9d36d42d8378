import { ok, type Result } from "../../../../shared/base/result.ts";
import type { AttemptEventKind } from "../../../../shared/policy/verifier-quality.ts";
import type { DecisionRecord } from "../../../platform/d1/decisions-store.ts";
import type { ThreadRow } from "../../../platform/d1/tracker-threads-store.ts";
import type { RouterDeps } from "../../deps.ts";
import { recordOutcome } from "../../handlers/verdicts.ts";
import { actAs } from "./act-as.ts";
import { type Effect, NO_EFFECT } from "./answer-delivery.ts";
import type { EventPlace } from "./carry-out.ts";
import type { Intent } from "./github-intent.ts";

type Of<K extends Intent["kind"]> = Extract<Intent, { readonly kind: K }>;
type Ending = "success" | "failure" | "abandoned";

const UNKNOWN: Effect = { ...NO_EFFECT, ignored: "unknown_issue" };

interface Decided {
  readonly thread: ThreadRow;
  readonly record: DecisionRecord;
}

/** An issue that was decided here, with its decision; null = it is not, or its decision is gone. */
async function findDecided(
  number: number,
  { hook, repository }: EventPlace,
  deps: RouterDeps,
): Promise<Result<Decided | null>> {
  const thread = await deps.readThread({ hookId: hook.id, repository, number });
  if (!thread.ok) return thread;
  if (thread.value === null || thread.value.decisionId === null) return ok(null);
  const record = await deps.readDecision(hook.tenantId, thread.value.decisionId);
  if (!record.ok) return record.fault.kind === "not_found" ? ok(null) : record;
  return ok({ thread: thread.value, record: record.value });
}

interface Told<K> {
  readonly said: K;
  readonly actor: string;
  readonly attempt: number;
}

/**
 * What became of an attempt. One that nobody approved was not carried out, so it only ends; one that has an outcome, or
 * that the decision has moved on from, keeps what it has: events turn over what is learned of it.
 */
async function noteOutcome(
  { id, tenantId, core }: DecisionRecord,
  { said, actor, attempt }: Told<Ending>,
  deps: RouterDeps,
): Promise<Result<void>> {
  const approval = core.gate.requiresApproval ? await deps.readApproval(tenantId, id) : null;
  if (approval !== null && !approval.ok) return approval;
  const isUnapproved = approval !== null && approval.value === null;
  const body = { decision_id: id, attempt, result: isUnapproved ? "abandoned" : said };
  const saved = await recordOutcome(actAs({ tenantId, actor, scope: "feedback" }, { body }), deps);
  deps.forgetTenant(tenantId);
  return saved.ok || saved.fault.kind === "conflict" ? ok(undefined) : saved;
}

/** What became of an attempt's change later: it has the last word in what is learned, and measures whoever judged it. */
async function noteEvent(
  { id: decisionId, tenantId }: Pick<DecisionRecord, "id" | "tenantId">,
  { said: kind, actor, attempt, repository }: Told<AttemptEventKind> & { readonly repository: string },
  deps: RouterDeps,
): Promise<Result<void>> {
  const event = { tenantId, decisionId, attempt, repository, kind, createdBy: actor };
  const noted = await deps.noteRepositoryEvent(event);
  deps.forgetTenant(tenantId);
  if (noted.ok || noted.fault.kind === "not_found" || noted.fault.kind === "conflict") return ok(undefined);
  return noted;
}

const toEffect = ({ thread, record }: Decided): Effect => ({
  ignored: null,
  decisionId: record.id,
  runId: thread.runId,
});

/**
 * Closed as completed: the work was done, by the attempt where the decision stands. Where every attempt was rejected,
 * somebody else did it. Any other way of closing: it ended, and nothing is learned of it.
 */
export async function noteClosed(intent: Of<"closed">, place: EventPlace, deps: RouterDeps): Promise<Result<Effect>> {
  const found = await findDecided(intent.number, place, deps);
  if (!found.ok) return found;
  if (found.value === null) return ok(UNKNOWN);
  const { record } = found.value;
  const said = intent.isDone && record.state !== "exhausted" ? "success" : "abandoned";
  const noted = await noteOutcome(record, { said, actor: intent.actor, attempt: record.attempt }, deps);
  return noted.ok ? ok(toEffect(found.value)) : noted;
}

/** Only an ended decision is taken up again: a delivery that is carried out twice would else tell against the one that came of it. */
export async function noteReopened(
  intent: { readonly number: number; readonly actor: string },
  place: EventPlace,
  deps: RouterDeps,
): Promise<Result<Effect>> {
  const found = await findDecided(intent.number, place, deps);
  if (!found.ok) return found;
  if (found.value === null) return ok(UNKNOWN);
  const { record } = found.value;
  if (record.state === "open") return ok(toEffect(found.value));
  const told = { said: "reopened", actor: intent.actor, attempt: record.attempt, ...place } as const;
  const noted = await noteEvent(record, told, deps);
  return noted.ok ? ok(toEffect(found.value)) : noted;
}

/** Whether a pull request is the work that was decided here, and no person's own on the same issue. */
const isOurs = ({ isByBot, names }: Of<"merged" | "discarded">, { id }: DecisionRecord): boolean =>
  isByBot || names.includes(id);

/** A merge does an issue that it closes. Where the last attempt was rejected and its change is merged all the same, the change stands. */
async function noteMergeOf(
  { record }: Decided,
  intent: Of<"merged">,
  { place, deps }: { readonly place: EventPlace; readonly deps: RouterDeps },
): Promise<Result<void>> {
  const { hook, repository } = place;
  const { number, mergeSha, actor } = intent;
  const { attempt } = record;
  const isRejected = record.state === "exhausted";
  if (isRejected && !isOurs(intent, record)) return noteOutcome(record, { said: "abandoned", actor, attempt }, deps);
  const key = { hookId: hook.id, repository, number };
  const saved = await deps.savePull({ ...key, decisionId: record.id, attempt, mergeSha });
  if (!saved.ok) return saved;
  const noted = await noteOutcome(record, { said: "success", actor, attempt }, deps);
  if (!noted.ok || !isRejected) return noted;
  return noteEvent(record, { said: "stands", actor, attempt, repository }, deps);
}

export async function noteMerged(intent: Of<"merged">, place: EventPlace, deps: RouterDeps): Promise<Result<Effect>> {
  let effect: Effect = UNKNOWN;
  for (const number of intent.closes) {
    const found = await findDecided(number, place, deps);
    if (!found.ok) return found;
    if (found.value === null) continue;
    const noted = await noteMergeOf(found.value, intent, { place, deps });
    if (!noted.ok) return noted;
    effect = toEffect(found.value);
  }
  return ok(effect);
}

/** A person closed the work unmerged: thrown away, where it was judged before and nothing else of the decision was merged. */
export async function noteDiscarded(
  intent: Of<"discarded">,
  place: EventPlace,
  deps: RouterDeps,
): Promise<Result<Effect>> {
  let effect: Effect = UNKNOWN;
  for (const number of intent.closes) {
    const found = await findDecided(number, place, deps);
    if (!found.ok) return found;
    if (found.value === null) continue;
    const { record } = found.value;
    const isJudged = record.state === "accepted" || record.state === "exhausted";
    if (!isJudged || !isOurs(intent, record)) continue;
    const merged = await deps.hasMergedPull(record.id);
    if (!merged.ok) return merged;
    if (merged.value) continue;
    const told = { said: "discarded", actor: intent.actor, attempt: record.attempt, ...place } as const;
    const noted = await noteEvent(record, told, deps);
    if (!noted.ok) return noted;
    effect = toEffect(found.value);
  }
  return ok(effect);
}

/** What was merged is taken back: a failure where no outcome stands yet, and an event against the attempt of then and its check. */
export async function noteReverted(
  { named, actor }: Of<"reverted">,
  place: EventPlace,
  deps: RouterDeps,
): Promise<Result<Effect>> {
  const { hook, repository } = place;
  const pulls = await deps.readPulls({ hookId: hook.id, repository, named });
  if (!pulls.ok) return pulls;
  let effect: Effect = UNKNOWN;
  for (const { decisionId, attempt } of pulls.value) {
    const record = await deps.readDecision(hook.tenantId, decisionId);
    if (!record.ok && record.fault.kind !== "not_found") return record;
    if (!record.ok) continue;
    const noted = await noteOutcome(record.value, { said: "failure", actor, attempt }, deps);
    if (!noted.ok) return noted;
    const told = await noteEvent(record.value, { said: "reverted", actor, attempt, repository }, deps);
    if (!told.ok) return told;
    effect = { ...NO_EFFECT, decisionId };
  }
  return ok(effect);
}
