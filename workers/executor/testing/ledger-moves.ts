import { chance, oneFrom, type Random } from "../../../shared/policy/testing/random-catalog.ts";
import type { Plan } from "../../../shared/run/job.ts";
import type { CallUsage } from "../../../shared/run/model-call.ts";
import { planSingle } from "../../../shared/run/plan/single.ts";
import { toCore } from "../../../shared/run/testing/made-run.ts";
import type { Db } from "../../platform/d1/open-db.ts";
import { cancelRun, expireRun, resumeRun } from "../../platform/d1/run-change-store.ts";
import { type CallBooking, type ReserveOutcome, reserveCall, saveBooking } from "../../platform/d1/run-money-store.ts";
import type { RunRow, StepKey } from "../../platform/d1/run-row.ts";
import { settleTurn, type TurnEnd } from "../../platform/d1/run-settle-store.ts";
import { unwrap } from "../../platform/testing/unwrap.ts";
import { type makeExecutor, toModel } from "./made-executor.ts";

const DAY_MS = 86_400_000;
const LEASE_OVER_MS = 31_000;
const CALL_OVER_MS = 301_000;

/** Whoever took a step up, also when its lease is long gone. */
interface Holder {
  readonly runId: string;
  readonly stepId: string;
  readonly token: string;
  readonly run: RunRow;
  readonly attempt: number;
  /** What it booked before its call. */
  call: { readonly callId: string; readonly microUsd: number } | null;
  /** How it settled, to be said again. */
  end: TurnEnd | null;
}

/** One tenant's runs, its keys, and what its policy says now. */
export interface World {
  readonly db: Db;
  readonly random: Random;
  readonly executor: ReturnType<typeof makeExecutor>;
  readonly tenantId: string;
  readonly keyIds: readonly string[];
  /** Micro-dollars of a usual call. */
  readonly scale: number;
  readonly runs: string[];
  readonly steps: Map<string, readonly string[]>;
  /** Runs that a cancel or their own time ended. */
  readonly over: Set<string>;
  readonly days: Set<string>;
  readonly holders: Holder[];
  policy: { readonly keyCapMicroUsd: number | null; readonly dayCapMicroUsd: number | null };
}

/** What a move did; `reserve` with what it asked for and was told. */
export interface Moved {
  readonly kind: string;
  /** It may set caps: a person, or a new run under the policy of now, did it. */
  readonly setsCaps: boolean;
  readonly reserve?: { readonly holder: Holder; readonly microUsd: number; readonly told: ReserveOutcome };
}

const single = planSingle(toCore(), { deliver: false });

/** Steps that wait for nothing. */
function planWide(steps: number): Plan {
  const [first] = single.steps;
  if (first === undefined) throw new Error("a single run has a step");
  const all = Array.from({ length: steps }, (_, i) => {
    return { ...first, stepId: `call-${i + 1}`, fallbacks: [], onFailure: "skip" as const };
  });
  return { ...single, mode: "swarm", steps: all, result: { prefer: [], otherwise: all.map(({ stepId }) => stepId) } };
}

const dayOf = (nowMs: number): string => new Date(nowMs).toISOString().slice(0, 10);

export const scopesOf = ({ keyIds, days, tenantId }: World): readonly string[] => [
  ...keyIds.map((id) => `key:${id}`),
  ...[...days].map((day) => `day:${tenantId}:${day}`),
];

const upTo = (random: Random, most: number): number => Math.floor(random() * (most + 1));

/** A call's most: often a usual one, now and then nothing or a single micro-dollar. */
const toAmount = ({ random, scale }: World): number => (chance(random, 0.15) ? upTo(random, 1) : upTo(random, scale));

/** A cap of a few calls; now and then one of nothing. */
const toCap = ({ random, scale }: World, calls: number): number =>
  chance(random, 0.05) ? 0 : upTo(random, calls * scale);

const maybe = (random: Random, amount: number): number | null => (chance(random, 0.3) ? null : amount);

function setPolicy(world: World): void {
  const { random } = world;
  world.policy = {
    keyCapMicroUsd: maybe(random, toCap(world, 5)),
    dayCapMicroUsd: maybe(random, toCap(world, 5)),
  };
}

async function accept(world: World): Promise<Moved> {
  const { random, executor, tenantId } = world;
  if (chance(random, 0.4)) setPolicy(world);
  const runId = `run_${tenantId}_${world.runs.length}`;
  const wanted = { runId, tenantId, keyId: oneFrom(random, world.keyIds), capMicroUsd: toCap(world, 4) };
  const plan = planWide(1 + upTo(random, 2));
  world.runs.push(runId);
  world.steps.set(
    runId,
    plan.steps.map(({ stepId }) => stepId),
  );
  await executor.accept(plan, { ...wanted, ...world.policy, models: [toModel("made/one")] });
  return { kind: "accept", setsCaps: true };
}

/** Mostly a step that nobody has ended, and of those rather one that nobody holds. */
function toTaken({ random, runs, holders, steps, over }: World): StepKey {
  const all = runs.flatMap((runId) => [...(steps.get(runId) ?? [])].map((stepId) => ({ runId, stepId })));
  const isOf = (key: StepKey) => (one: Holder) => one.runId === key.runId && one.stepId === key.stepId;
  const open = all.filter((key) => {
    if (over.has(key.runId)) return false;
    const last = holders.filter(isOf(key)).at(-1);
    return last === undefined || last.end?.event.kind === "returned";
  });
  return oneFrom(random, open.length > 0 && chance(random, 0.8) ? open : all);
}

async function claim(world: World, taken: StepKey = toTaken(world)): Promise<Moved> {
  const { executor, holders } = world;
  const key = { runId: taken.runId, stepId: taken.stepId };
  const token = `lease_${holders.length}`;
  const claimed = unwrap(await executor.deps.claim(key, token));
  if (claimed.kind === "claimed") {
    const { loaded, calls } = claimed;
    holders.push({ ...key, token, run: loaded.row, attempt: calls.length + 1, call: null, end: null });
  }
  return { kind: `claim: ${claimed.kind}`, setsCaps: false };
}

async function reserve(world: World): Promise<Moved> {
  const { random, db, executor } = world;
  const free = world.holders.filter(({ call, end }) => call === null && end === null);
  if (free.length === 0) return claim(world);
  const holder = (chance(random, 0.85) ? free.at(-1) : undefined) ?? oneFrom(random, free);
  const { runId, stepId, token: leaseToken, run, attempt } = holder;
  const { nowMs } = executor.clock;
  const microUsd = toAmount(world);
  world.days.add(dayOf(nowMs));
  const about = { stepId, attempt, leaseToken, pick: 0, provider: "made", model: "made/one", effort: "default" };
  const told = unwrap(await reserveCall(db, { ...about, run: { ...run, runId }, microUsd, nowMs }));
  if (told.kind === "reserved") holder.call = { callId: told.callId, microUsd };
  const asked = { kind: `reserve: ${told.kind}`, setsCaps: false, reserve: { holder, microUsd, told } };
  if (told.kind !== "refused") return asked;
  // As the engine does it: the step pauses, nothing is booked.
  holder.end = toEnd(world, holder, { kind: "budget_refused", stepId }, null);
  unwrap(await settleTurn(db, holder.end));
  return asked;
}

/** A bill of any kind for what was reserved: below, exact, above, unknown, or none since nothing was sent. */
function toBooking({ random, executor }: World, callId: string, reserved: number): CallBooking {
  const { nowMs } = executor.clock;
  const usage: CallUsage = { promptTokens: 10, cachedPromptTokens: 0, completionTokens: 10 };
  const base = { callId, nowMs, failure: null, overrunMicroUsd: 0, usage };
  const all: readonly CallBooking[] = [
    { ...base, state: "settled", settledMicroUsd: upTo(random, reserved) },
    { ...base, state: "settled", settledMicroUsd: reserved },
    { ...base, state: "settled", settledMicroUsd: reserved, overrunMicroUsd: 1 + upTo(random, 2 * reserved) },
    { ...base, state: "unknown", settledMicroUsd: reserved, usage: null, failure: "network_after_send" },
    { ...base, state: "released", settledMicroUsd: 0, usage: null, failure: "network" },
  ];
  return oneFrom(random, all);
}

function toEnd({ executor }: World, holder: Holder, event: TurnEnd["event"], booked: CallBooking | null): TurnEnd {
  const { runId, stepId, token: leaseToken } = holder;
  const { nowMs } = executor.clock;
  return {
    ...{ runId, stepId, leaseToken, nowMs, event, output: null, finding: null, failure: null, lastError: null },
    booking: booked === null ? null : { ...booked, model: "made/one", provider: "made" },
    notBeforeMs: null,
    events: [],
  };
}

async function settle(world: World): Promise<Moved> {
  const { random, db } = world;
  const sent = world.holders.filter(({ call, end }) => call !== null && end === null);
  if (sent.length === 0) return reserve(world);
  const holder = oneFrom(random, sent);
  const { stepId, call } = holder;
  if (call === null) throw new Error("a call was sent");
  const event = oneFrom(random, [
    { kind: "done", stepId, escalate: null, whole: true },
    { kind: "returned", stepId },
    { kind: "failed", stepId },
  ] as const);
  holder.end = toEnd(world, holder, event, toBooking(world, call.callId, call.microUsd));
  const { kept } = unwrap(await settleTurn(db, holder.end));
  return { kind: kept ? "settle" : "settle late", setsCaps: false };
}

/** The same end said again, or the same call booked as something else. */
async function settleAgain(world: World): Promise<Moved> {
  const { random, db } = world;
  const ended = world.holders.filter(({ call, end }) => call !== null && end !== null);
  if (ended.length === 0) return settle(world);
  const { end, call } = oneFrom(random, ended);
  if (end === null || call === null) throw new Error("a call has ended");
  if (chance(random, 0.5)) unwrap(await settleTurn(db, end));
  else unwrap(await saveBooking(db, toBooking(world, call.callId, call.microUsd)));
  return { kind: "settle again", setsCaps: false };
}

/** A lease runs out, and somebody else takes the step. */
async function takeOver(world: World): Promise<Moved> {
  world.executor.clock.nowMs += LEASE_OVER_MS;
  const held = world.holders.filter(({ end }) => end === null);
  return claim(world, held.length > 0 ? oneFrom(world.random, held) : toTaken(world));
}

/** Rather a run that waits for an answer: its bill comes after its end. */
async function cancel(world: World): Promise<Moved> {
  const { random, db, tenantId, executor } = world;
  const asking = world.holders.filter(({ call, end }) => call !== null && end === null).map(({ runId }) => runId);
  const runId = oneFrom(random, asking.length > 0 && chance(random, 0.7) ? asking : world.runs);
  const of = { tenantId, runId, nowMs: executor.clock.nowMs };
  const { state } = unwrap(chance(random, 0.7) ? await cancelRun(db, of) : await expireRun(db, of));
  if (state !== "running") world.over.add(of.runId);
  return { kind: "cancel", setsCaps: false };
}

/** A person goes on with a run, with or without a higher cap of its own, under the policy of now. */
async function resume(world: World): Promise<Moved> {
  const { random, db, tenantId, executor } = world;
  const paused = world.holders.filter(({ end }) => end?.event.kind === "budget_refused").map((one) => one.runId);
  if (paused.length === 0) return settle(world);
  if (chance(random, 0.6)) setPolicy(world);
  const capMicroUsd = maybe(random, toCap(world, 8));
  const about = { tenantId, runId: oneFrom(random, paused), nowMs: executor.clock.nowMs };
  world.days.add(dayOf(about.nowMs));
  // Refused where the run is not paused or the cap not above: then nothing may have changed.
  const resumed = await resumeRun(db, { ...about, capMicroUsd, shared: world.policy });
  return { kind: resumed.ok ? "resume" : `resume: ${resumed.fault.kind}`, setsCaps: resumed.ok };
}

async function sweep(world: World): Promise<Moved> {
  const { clock, deps } = world.executor;
  clock.nowMs += CALL_OVER_MS;
  unwrap(await deps.bookLostCalls({ nowMs: clock.nowMs, sentBeforeMs: clock.nowMs - CALL_OVER_MS }));
  return { kind: "sweep", setsCaps: false };
}

/** Somebody's work of yesterday goes on after midnight UTC. */
async function passMidnight(world: World): Promise<Moved> {
  const { clock } = world.executor;
  clock.nowMs = (Math.floor(clock.nowMs / DAY_MS) + 1) * DAY_MS - upTo(world.random, 1);
  return claim(world);
}

/** Each as often as it stands here. */
const MOVES: readonly ((world: World) => Promise<Moved>)[] = [
  ...[accept, accept, claim, claim, claim, settle, settle, settle, settle, settle, settle, settle, settle, settle],
  ...[reserve, reserve, settleAgain, settleAgain, takeOver, cancel, resume, resume, sweep, passMidnight],
];

export const moveOnce = (world: World): Promise<Moved> =>
  world.runs.length === 0 ? accept(world) : oneFrom(world.random, MOVES)(world);
