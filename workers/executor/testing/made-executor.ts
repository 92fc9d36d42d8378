import { env } from "cloudflare:workers";
import { fail } from "../../../shared/base/result.ts";
import type { Plan } from "../../../shared/run/job.ts";
import type { CallOutcome, ModelCall } from "../../../shared/run/model-call.ts";
import { NO_FEES } from "../../../shared/run/price-call.ts";
import { RUN_LIMITS } from "../../../shared/run/run-limits.ts";
import type { Db } from "../../platform/d1/open-db.ts";
import { acceptRun, type NewRun } from "../../platform/d1/run-accept-store.ts";
import { readRun, readRunCalls, readRunEvents, readRunSteps } from "../../platform/d1/run-read-store.ts";
import type { RunModel, RunSettings, RunTexts, StepKey } from "../../platform/d1/run-row.ts";
import { readArtifact, sealRunTexts } from "../../platform/run-artifacts.ts";
import { makeSealer } from "../../platform/seal.ts";
import { unwrap } from "../../platform/testing/unwrap.ts";
import { advanceRun } from "../advance-run.ts";
import { bindExecutor, type ExecutorParts } from "../bind-executor.ts";
import { sweep } from "../sweep.ts";

export const SECRET = "a master secret for tests alone, 40 chars";
export const TENANT = "t1";

/** A dollar a million tokens each way: costs can be counted in the head. */
export const toModel = (model: string): RunModel => ({
  ...{ model, effort: "default", contextTokens: 200_000, maxOutputTokens: null },
  prices: {
    prices: {
      promptMicroUsdPerMillion: 1_000_000,
      completionMicroUsdPerMillion: 1_000_000,
      cacheReadMicroUsdPerMillion: null,
    },
    fees: NO_FEES,
  },
});

/** What a scripted model answers: a text, or a whole outcome. */
export type Script = (
  call: ModelCall,
  index: number,
  cancel: AbortSignal,
) => string | CallOutcome | Promise<string | CallOutcome>;

export const answered = (text: string, prompt = 100, completion = 50): CallOutcome => ({
  ok: true,
  answer: {
    ...{ text, end: "complete", bytes: text.length },
    usage: { promptTokens: prompt, cachedPromptTokens: 0, completionTokens: completion },
  },
});

interface Message {
  readonly body: unknown;
  readonly dueMs: number;
}

interface Clock {
  nowMs: number;
}

/** A queue in memory that delivers when its clock says so. */
function makeQueue(clock: Clock) {
  const messages: Message[] = [];
  const sendBatch: ExecutorParts["queue"]["sendBatch"] = async (batch) => {
    for (const { body, delaySeconds = 0 } of batch) messages.push({ body, dueMs: clock.nowMs + delaySeconds * 1_000 });
  };
  /** Delivers until nothing is left; what is due at one time is delivered at once, each as often as `copies` says. */
  async function drain(handle: (body: unknown) => Promise<"ack" | "retry">, copies: () => number): Promise<void> {
    for (let rounds = 0; messages.length > 0; rounds += 1) {
      if (rounds > 200) throw new Error("the queue does not empty");
      clock.nowMs = Math.max(clock.nowMs, Math.min(...messages.map(({ dueMs }) => dueMs)));
      const due = messages.filter(({ dueMs }) => dueMs <= clock.nowMs);
      const later = messages.filter(({ dueMs }) => dueMs > clock.nowMs);
      messages.splice(0, messages.length, ...later);
      const deliveries = due.flatMap((message) => Array.from({ length: copies() }, () => message));
      const ends = await Promise.all(deliveries.map(({ body }) => handle(body)));
      deliveries.forEach((message, i) => {
        if (ends[i] === "retry") messages.push({ ...message, dueMs: clock.nowMs + 10_000 });
      });
      clock.nowMs += 10;
    }
  }
  return { messages, sendBatch, drain };
}

export const SETTINGS: RunSettings = {
  ...{ mergeStyle: "concise", verifierRates: null, taskType: "bugfix", firstAttempt: 0, retentionMs: 7 * 86_400_000 },
  ...{ storeText: false, stepTimeoutMs: RUN_LIMITS.stepTimeoutMs, runTimeoutMs: RUN_LIMITS.runTimeoutMs },
};

type Wanted = Partial<NewRun> & { readonly texts?: Partial<RunTexts> };

/** A plan as a run that was accepted; what is not wanted otherwise is plain. */
async function acceptPlan(db: Db, plan: Plan, { nowMs, ...wanted }: Wanted & { readonly nowMs: number }) {
  const { texts, ...rest } = wanted;
  const runId = rest.runId ?? `run_${crypto.randomUUID()}`;
  const whole: RunTexts = { task: "Mend the parser", role: "", parts: {}, callback: null, ...texts };
  const known = plan.steps.flatMap(({ pick, fallbacks }) => (pick === null ? [] : [pick, ...fallbacks]));
  const models = [...new Set(known.map(({ model }) => model))].map(toModel);
  const sealedTexts = await sealRunTexts(makeSealer(SECRET), runId, whole);
  const accepted = unwrap(
    await acceptRun(db, {
      ...{ runId, tenantId: TENANT, keyId: "key_1", kind: plan.mode, decisionId: null, taskId: null, plan, models },
      ...{ requiresApproval: false, settings: SETTINGS, taskSha256: "0".repeat(64), taskBytes: 15, sealedTexts, nowMs },
      ...{ capMicroUsd: 5_000_000, keyCapMicroUsd: null, dayCapMicroUsd: null, idempotency: null },
      ...rest,
    }),
  );
  if (accepted.kind !== "accepted") throw new Error(accepted.kind);
  return { runId, released: accepted.released };
}

/** Everything that can be read of a run. */
async function lookAt(db: Db, runId: string, tenantId: string) {
  const of = { tenantId, runId };
  const steps = unwrap(await readRunSteps(db, of));
  return {
    run: unwrap(await readRun(db, of)),
    steps,
    states: Object.fromEntries(steps.map(({ stepId, status }) => [stepId, status.state])),
    calls: unwrap(await readRunCalls(db, of)),
    events: unwrap(await readRunEvents(db, { ...of, after: 0, limit: 1_000 })),
  };
}

/** An executor on the real tables with a clock, a queue and models of its own. */
export function makeExecutor(db: Db, script: Script, options: Partial<ExecutorParts> = {}) {
  const clock: Clock = { nowMs: 1_700_000_000_000 };
  const { messages, sendBatch, drain } = makeQueue(clock);
  const made: ModelCall[] = [];
  const callbacks: unknown[] = [];
  const sealer = makeSealer(SECRET);
  const deps = bindExecutor({
    ...{ db, bucket: env.BLOBS, sealer, nowMs: () => clock.nowMs, queue: { sendBatch } },
    ...{ runsPerTenant: 100, stepsPerTenant: 100, staleAfterMs: 60_000 },
    callModel: async (_, call, cancel) => {
      made.push(call);
      const said = await script(call, made.length - 1, cancel);
      return typeof said === "string" ? answered(said) : said;
    },
    sendCallback: async (callback) => callbacks.push(callback) > 0,
    expandPlan: async () => fail({ kind: "unavailable", what: "router", detail: "none here" }),
    ...options,
  });
  const send = (steps: readonly StepKey[]) => deps.send(steps, 0);
  const look = (runId: string, tenantId = TENANT) => lookAt(db, runId, tenantId);
  return {
    ...{ clock, messages, made, callbacks, deps, look, send },
    drain: ({ copies = 1 }: { readonly copies?: number | (() => number) } = {}) =>
      drain((body) => advanceRun(body, deps), typeof copies === "number" ? () => copies : copies),
    accept: async (plan: Plan, wanted: Wanted = {}): Promise<string> => {
      const { runId, released } = await acceptPlan(db, plan, { nowMs: clock.nowMs, ...wanted });
      await send(released);
      return runId;
    },
    output: async (runId: string, stepId: string, tenantId = TENANT): Promise<string | null> => {
      const key = (await look(runId, tenantId)).steps.find((step) => step.stepId === stepId)?.outputKey ?? null;
      return key === null ? null : unwrap(await readArtifact(env.BLOBS, sealer, key));
    },
    sweep: async () => unwrap(await sweep(deps)),
  };
}

/** sum(calls) = spent + overrun, and nothing is left reserved. */
export function checkBooks({ run, calls }: Awaited<ReturnType<typeof lookAt>>): boolean {
  const booked = calls.reduce((sum, call) => sum + call.settledMicroUsd + call.overrunMicroUsd, 0);
  const { spentMicroUsd, overrunMicroUsd, reservedMicroUsd, capMicroUsd } = run.budget;
  return booked === spentMicroUsd + overrunMicroUsd && reservedMicroUsd === 0 && spentMicroUsd <= capMicroUsd;
}
