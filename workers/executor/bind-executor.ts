import { type Fault, toDetail } from "../../shared/base/fault.ts";
import { fail, ok, type Result } from "../../shared/base/result.ts";
import type { Marks } from "../../shared/run/fence.ts";
import { type CallOutcome, FAILURE_CLASSES, FAILURE_POLICIES, type ModelCall } from "../../shared/run/model-call.ts";
import { randomBytes } from "../platform/crypto.ts";
import { forgetOld } from "../platform/d1/forget-old.ts";
import { withFreedPlaces } from "../platform/d1/freed-places.ts";
import { forgetGovernanceEvents } from "../platform/d1/governance-events-store.ts";
import { readScorePairs } from "../platform/d1/judge-scores-store.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { noteRateLimit, openCircuit } from "../platform/d1/provider-states-store.ts";
import { expireRun } from "../platform/d1/run-change-store.ts";
import { claimRunStep, holdLease, readWaitingSteps } from "../platform/d1/run-claim-store.ts";
import { forgetIdempotency } from "../platform/d1/run-idempotency-store.ts";
import { reserveCall } from "../platform/d1/run-money-store.ts";
import type { RunChange, StepKey } from "../platform/d1/run-row.ts";
import { failStep, freeLease, settleTurn } from "../platform/d1/run-settle-store.ts";
import {
  bookLostCalls,
  eraseDueTexts,
  markResultsErased,
  readDueResults,
  readDueRuns,
} from "../platform/d1/run-sweep-store.ts";
import { markStepDead, settleStep, takeStaleSteps } from "../platform/d1/runs-store.ts";
import { ID_RANDOM_BYTES, newId } from "../platform/ids.ts";
import { log } from "../platform/log.ts";
import type { ExpandedPlan, PlanAsk } from "../platform/plan-door.ts";
import { type StepBatchQueue, sendSteps } from "../platform/queue.ts";
import {
  artifactKey,
  eraseArtifacts,
  openRunTexts,
  readArtifact,
  saveArtifact,
  sealRunTexts,
} from "../platform/run-artifacts.ts";
import type { Sealer } from "../platform/seal.ts";
import type { AdvanceDeps } from "./advance-run.ts";
import type { BuryDeps } from "./bury-step.ts";
import type { Callback } from "./deliver-end.ts";
import { pause } from "./pause.ts";
import type { SweepDeps } from "./sweep.ts";
import type { PreparedCall, Turn, TurnOutcome } from "./turn.ts";

/** What a deployment gives the executor. */
export interface ExecutorParts {
  readonly db: Db;
  readonly bucket: R2Bucket;
  readonly queue: StepBatchQueue;
  /** null = the deployment has no master secret: nothing can be opened, so nothing runs. */
  readonly sealer: Sealer | null;
  readonly nowMs: () => number;
  readonly runsPerTenant: number;
  readonly stepsPerTenant: number;
  /** How long a step may wait before its message counts as lost. */
  readonly staleAfterMs: number;
  readonly callModel: (tenantId: string, call: ModelCall, cancel: AbortSignal) => Promise<CallOutcome>;
  readonly sendCallback: (callback: Callback) => Promise<boolean>;
  /** The router, by its binding. */
  readonly expandPlan: (ask: PlanAsk) => Promise<Result<ExpandedPlan>>;
}

/** Short, so that a dead holder's step is free again soon. */
export const LEASE_MS = 30_000;
/** Of a place that was freed: its own and, where a run ended, that of another. */
const HANDED_ON = 2;
const MOST_DELAY_S = 86_400;

const noSecret: Fault = { kind: "unavailable", what: "master secret", detail: "not set" };

const MARK_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
/** 24 letters of 5 bits each: nobody guesses 120 bits. */
const toMark = (): string => [...randomBytes(24)].map((byte) => MARK_LETTERS.charAt(byte & 31)).join("");
const drawMarks = (): Marks => ({ fence: toMark(), seal: toMark() });
const CHANCE_RANGE = 2 ** 8;

const isFailureClass = (failure: string): failure is (typeof FAILURE_CLASSES)[number] =>
  FAILURE_CLASSES.some((known) => known === failure);

async function noteProvider(parts: ExecutorParts, tenantId: string, { booking }: TurnOutcome): Promise<void> {
  const failure = booking?.failure ?? null;
  if (booking === null || failure === null || !isFailureClass(failure)) return;
  const about = { tenantId, provider: booking.provider, nowMs: parts.nowMs() };
  const opens = FAILURE_POLICIES[failure].opensCircuit;
  const noted = opens
    ? await openCircuit(parts.db, { ...about, reason: failure })
    : failure === "rate_limited" || failure === "rate_limited_long"
      ? await noteRateLimit(parts.db, about)
      : ok(undefined);
  // It only informs later decisions; the step is settled already.
  if (!noted.ok) log({ level: "warn", event: "provider_state_not_noted", detail: toDetail(noted.fault) });
}

async function send(parts: ExecutorParts, steps: readonly StepKey[], waitMs: number): Promise<void> {
  const messages = steps.map(({ runId, stepId }) => ({ run_id: runId, step_id: stepId }));
  const sent = await sendSteps(parts.queue, messages, Math.min(MOST_DELAY_S, Math.ceil(waitMs / 1_000)));
  if (!sent.ok) log({ level: "warn", event: "send_failed", count: steps.length, detail: toDetail(sent.fault) });
}

/** What reads and writes sealed words. */
function sealedDeps({ bucket, sealer }: ExecutorParts) {
  const withSealer = async <T>(act: (sealer: Sealer) => Promise<Result<T>>): Promise<Result<T>> =>
    sealer === null ? fail(noSecret) : act(sealer);
  return {
    openTexts: (runId, sealed) => withSealer((found) => openRunTexts(found, runId, sealed)),
    sealTexts: (runId, texts) => withSealer(async (found) => ok(await sealRunTexts(found, runId, texts))),
    readOutput: (key) => withSealer((found) => readArtifact(bucket, found, key)),
    saveOutput: ({ runId, stepId }, { name, text }) =>
      withSealer(async (found) => {
        const key = artifactKey({ runId, stepId, name });
        const saved = await saveArtifact(bucket, found, { key, text });
        return saved.ok ? ok({ key, bytes: saved.value.bytes }) : saved;
      }),
  } satisfies Partial<AdvanceDeps>;
}

/** A probe has no plan to go through: its one row ends by itself, so that whoever sent it learns that nobody answered. */
async function failAnyStep(db: Db, step: StepKey & { failure: string; nowMs: number }): Promise<Result<RunChange>> {
  const failed = await failStep(db, step);
  if (failed.ok || failed.fault.kind !== "not_found") return failed;
  const { runId, stepId, nowMs } = step;
  const dead = await markStepDead(db, { runId, stepId, fault: "unavailable", nowMs });
  return dead.ok ? ok({ state: "failed", changed: dead.value, released: [] }) : dead;
}

/** What takes, holds and settles steps. */
function stepDeps(parts: ExecutorParts) {
  const { db, nowMs, runsPerTenant, stepsPerTenant } = parts;
  const reserve = ({ runId, stepId, leaseToken, loaded }: Turn, prepared: PreparedCall) => {
    const { pick, pickIndex, attempt, microUsd } = prepared;
    const { provider, model, effort } = pick;
    const call = { stepId, attempt, leaseToken, pick: pickIndex, provider, model, effort, microUsd };
    return reserveCall(db, { ...call, run: { ...loaded.row, runId }, nowMs: nowMs() });
  };
  return {
    newToken: () => newId("lease", { nowMs: nowMs(), random: randomBytes(ID_RANDOM_BYTES) }),
    claim: (step, leaseToken) =>
      claimRunStep(db, { ...step, leaseToken, leaseMs: LEASE_MS, runsPerTenant, stepsPerTenant, nowMs: nowMs() }),
    settleProbe: (step, leaseToken) => settleStep(db, { ...step, leaseToken, fault: null, nowMs: nowMs() }),
    reserve,
    readScorePairs: (cell) => readScorePairs(db, cell),
    holdLease: ({ runId, stepId, leaseToken }, renew) =>
      holdLease(db, { runId, stepId, leaseToken, leaseMs: renew ? LEASE_MS : null, nowMs: nowMs() }),
    settle: (end) => settleTurn(db, end),
    readWaiting: (tenantId) => readWaitingSteps(db, { tenantId, nowMs: nowMs(), limit: HANDED_ON }),
    freeLease: async ({ runId, stepId, leaseToken }, fault) => {
      const about = { runId, stepId, leaseToken, lastError: toDetail(fault), nowMs: nowMs() };
      const freed = await freeLease(db, about);
      if (!freed.ok) log({ level: "warn", event: "lease_not_freed", runId, stepId, detail: toDetail(freed.fault) });
    },
    failStep: async (step) => {
      const change = { ...step, nowMs: nowMs() };
      return withFreedPlaces(db, await failAnyStep(db, change), change);
    },
  } satisfies Partial<AdvanceDeps & BuryDeps>;
}

function sweepDeps({ db, bucket }: ExecutorParts) {
  return {
    takeStaleSteps: (input) => takeStaleSteps(db, input),
    readDueRuns: (input) => readDueRuns(db, input),
    expireRun: async (input) => withFreedPlaces(db, await expireRun(db, input), input),
    bookLostCalls: (input) => bookLostCalls(db, input),
    eraseTexts: (input) => eraseDueTexts(db, input),
    readDueResults: (input) => readDueResults(db, input),
    eraseResults: async (input) => {
      const erased = await eraseArtifacts(bucket, input.runId);
      return erased.ok ? markResultsErased(db, input) : erased;
    },
    forgetKeys: (input) => forgetIdempotency(db, input),
    forgetOld: (input) => forgetOld(db, input),
    forgetGovernance: (input) => forgetGovernanceEvents(db, input),
  } satisfies Partial<SweepDeps>;
}

/** Binds every function that the executor's stages use. */
export const bindExecutor = (parts: ExecutorParts): AdvanceDeps & BuryDeps & SweepDeps => ({
  nowMs: parts.nowMs,
  staleAfterMs: parts.staleAfterMs,
  chance: () => (randomBytes(1)[0] ?? 0) / CHANCE_RANGE,
  drawMarks,
  pause,
  callModel: parts.callModel,
  sendCallback: parts.sendCallback,
  expandPlan: parts.expandPlan,
  send: (steps, waitMs) => send(parts, steps, waitMs),
  noteProvider: (tenantId, outcome) => noteProvider(parts, tenantId, outcome),
  ...sealedDeps(parts),
  ...stepDeps(parts),
  ...sweepDeps(parts),
});
