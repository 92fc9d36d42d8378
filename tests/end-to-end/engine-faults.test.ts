import { afterAll, beforeAll, expect, test } from "vitest";
import type { FailureClass } from "../../shared/run/model-call.ts";
import { toCallStep } from "../../shared/run/plan/planned-call.ts";
import { planSingle } from "../../shared/run/plan/single.ts";
import { NO_FEES } from "../../shared/run/price-call.ts";
import type { StepPick } from "../../shared/run/step.ts";
import { toCore } from "../../shared/run/testing/made-run.ts";
import { endpointsAt, FAKE_KEY, PROVIDER_OF } from "../fake-provider/fake-endpoints.ts";
import type { Manner } from "../fake-provider/fault.ts";
import { FAULTS } from "../fake-provider/faults.ts";
import { say, speak, WIRES } from "../fake-provider/speech.ts";
import { echo, type FakeProvider, type Script, startFakeProvider } from "../fake-provider/start-fake-provider.ts";
import { START_MS } from "./patience.ts";
import { askEngine, type Engine, type EngineTold, startEngine } from "./start-engine.ts";

const AT_ONCE = 6;
const scripts = new Map<string, Script>();
let provider: FakeProvider;
let engine: Engine;
beforeAll(async () => {
  provider = await startFakeProvider((call) => (scripts.get(call.model.replace("maker/", "")) ?? echo)(call));
  engine = await startEngine();
});
afterAll(async () => {
  await engine?.stop();
  await provider?.close();
}, START_MS);

/** Calls of the pick itself, and whether a stand-in is asked after them; the engine's promise, not its table. */
const PROMISE: Readonly<Partial<Record<FailureClass, readonly [calls: number, standIn: boolean]>>> = {
  rate_limited: [3, true],
  rate_limited_long: [1, true],
  quota_exhausted: [1, true],
  server_error: [3, true],
  timeout: [2, true],
  network: [3, true],
  network_after_send: [2, true],
  stream_ended_early: [2, true],
  bad_response: [2, true],
  context_overflow: [1, true],
  content_filter: [1, true],
  auth: [1, true],
  forbidden: [1, false],
  model_not_found: [1, true],
  invalid_request: [1, false],
  too_large: [1, false],
  redirect_refused: [1, false],
  output_cap: [1, false],
};
/** Above this a wait is not sat out while somebody else can be asked. */
const LONGEST_WAIT_MS = 60_000;

/** An answer of the stand-in, its tokens, and what they cost at a dollar a million each way. */
const STOOD_IN = say("Somebody else answered.", { usage: [20, 5, 6] });
const STAND_IN_MICRO_USD = 26;

const toPick = (model: string, at: string): StepPick => ({
  ...{ model, effort: "default", vendor: "maker", provider: at, driverKind: "api" },
});

const toModel = (model: string, contextTokens: number) => {
  const million = { promptMicroUsdPerMillion: 1_000_000, completionMicroUsdPerMillion: 1_000_000 };
  const prices = { prices: { ...million, cacheReadMicroUsdPerMillion: null }, fees: NO_FEES };
  return { model, effort: "default" as const, contextTokens, maxOutputTokens: null, prices };
};

interface Case {
  readonly isSlow: boolean;
  /** Whether a connection breaks at once, which the clock tells from one that breaks late. */
  readonly isClockStill?: boolean;
  readonly manner: Manner;
  readonly n: number;
  readonly script: Script;
}

const SHORT = { timeoutMs: 1_500, idleMs: 150 };
const LONG = { timeoutMs: 100_000, idleMs: 100_000 };

/** A single run of one model and one stand-in elsewhere, of a larger window. */
async function runCase({ isSlow, isClockStill = false, manner, n, script }: Case) {
  const [own, other] = [`m${n}`, `s${n}`];
  scripts.set(own, script);
  scripts.set(other, (call) => speak(STOOD_IN, call));
  const [pick, standIn] = [toPick(`maker/${own}`, PROVIDER_OF[manner.wire]), toPick(`maker/${other}`, "local")];
  const step = toCallStep({ stepId: "call-1", pick, fallbacks: [standIn], onFailure: "fail" });
  const told = await askEngine(engine, {
    tenantId: `t${n}`,
    plan: { ...planSingle(toCore(), { deliver: false }), steps: [step] },
    texts: { task: "prompt-canary" },
    models: [toModel(pick.model, 100_000), toModel(standIn.model, 200_000)],
    endpoints: endpointsAt(provider.url, manner.isStreaming),
    key: FAKE_KEY,
    isClockStill,
    // Short only where silence is the fault: a busy machine is slow with everything else too.
    limits: { [pick.provider]: { ...(isSlow ? SHORT : LONG), byteCap: 200_000 } },
  });
  const asked = (model: string) => provider.calls.filter((call) => call.model.replace("maker/", "") === model).length;
  return { told, own: asked(own), other: asked(other) };
}

type Seen = Awaited<ReturnType<typeof runCase>>;

/** Everything that is promised of a run, in one line each. */
const toFacts = ({ told, own, other }: Seen) => ({
  ...{ state: told.state, own, other, spent: told.spentMicroUsd, overrun: told.overrunMicroUsd, frozen: told.frozen },
  ...{ reserved: told.reservedMicroUsd, isBalanced: told.isBalanced, unhandled: told.unhandled },
  ...{ failure: told.steps[0]?.failure ?? null, output: told.output },
});

const reservedOf = ({ calls }: EngineTold): number => calls[0]?.reservedMicroUsd ?? 0;

function toPromise(fault: (typeof FAULTS)[number], manner: Manner, told: EngineTold) {
  const failure = fault.expected(manner);
  const promise = PROMISE[failure];
  if (promise === undefined) throw new Error(`nothing is promised of ${failure}`);
  const isLong = typeof fault.waitMs === "number" && fault.waitMs > LONGEST_WAIT_MS;
  const [calls, standIn] = isLong ? (PROMISE.rate_limited_long ?? promise) : promise;
  const billed = fault.sent ? calls * reservedOf(told) : 0;
  return {
    ...{ state: standIn ? "done" : "failed", own: calls, other: standIn ? 1 : 0 },
    ...{ spent: billed + (standIn ? STAND_IN_MICRO_USD : 0), overrun: 0, frozen: false },
    ...{ reserved: 0, isBalanced: true, unhandled: 0 },
    ...{ failure: standIn ? null : failure, output: standIn ? STOOD_IN.pieces.join("") : null },
  };
}

const MANNERS = WIRES.flatMap((wire) => [true, false].map((isStreaming): Manner => ({ wire, isStreaming })));

async function inParallel<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const work = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) await act(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

// Some 370 runs: half a minute on two idle cores.
test("every fault, in every wire format, streamed or not, ends as promised: calls, state and ledger", async () => {
  const cases = MANNERS.flatMap((manner) =>
    FAULTS.filter(({ only }) => only === undefined || only(manner)).map((fault) => ({ manner, fault })),
  );
  expect(cases.length).toBeGreaterThan(350);
  const wrong: unknown[] = [];
  await inParallel([...cases.entries()], async ([n, { manner, fault }]) => {
    const seen = await runCase({
      isSlow: fault.expected(manner) === "timeout",
      isClockStill: fault.expected(manner) === "network",
      manner,
      n,
      script: () => fault.play(manner),
    });
    const [facts, promised] = [toFacts(seen), toPromise(fault, manner, seen.told)];
    if (JSON.stringify(facts) !== JSON.stringify(promised)) wrong.push({ fault: fault.name, manner, facts, promised });
    expect(JSON.stringify(seen.told)).not.toContain("canary");
  });
  expect(wrong).toEqual([]);
}, 1_500_000);

/** Answers that are none, or whose bill is odd: what each leaves in the books, with `r` the reservation. */
const ODD_ANSWERS = [
  { name: "whole", speech: say("It is so."), spent: () => 23 },
  { name: "cut off by its limit", speech: say("It is", { end: "length" as const }), spent: () => 22 },
  { name: "without usage", speech: say("It is so.", { usage: null }), spent: (r: number) => r },
  { name: "with absurd usage", speech: say("It is so.", { usage: [20, 0, 1e15] }), spent: (r: number) => r },
  { name: "with negative usage", speech: say("It is so.", { usage: [20, 0, -3] }), spent: (r: number) => r },
  {
    name: "beyond its reservation",
    speech: say("It is so.", { usage: [900_000, 0, 100_000] }),
    spent: (r: number) => r,
  },
  { name: "refused", speech: say("No.", { end: "refusal" as const }), spent: () => 21 + STAND_IN_MICRO_USD },
  { name: "filtered", speech: say("It", { end: "content_filter" as const }), spent: () => 21 + STAND_IN_MICRO_USD },
] as const;

test("answers that are cut off, refused or billed oddly are booked as promised, in every wire format", async () => {
  const cases = MANNERS.flatMap((manner) => ODD_ANSWERS.map((odd) => ({ manner, odd })));
  const wrong: unknown[] = [];
  await inParallel([...cases.entries()], async ([i, { manner, odd }]) => {
    const script: Script = (call) => speak(odd.speech, call);
    const seen = await runCase({ isSlow: false, manner, n: 1_000 + i, script });
    const reserved = reservedOf(seen.told);
    const isRefused = odd.name === "refused" || odd.name === "filtered";
    const isOver = odd.name === "beyond its reservation";
    const promised = {
      ...{ state: "done", own: 1, other: isRefused ? 1 : 0, spent: odd.spent(reserved) },
      ...{ overrun: isOver ? 1_000_000 - reserved : 0, frozen: isOver, reserved: 0, isBalanced: true, unhandled: 0 },
      ...{ failure: null, output: (isRefused ? STOOD_IN : odd.speech).pieces.join("") },
    };
    const facts = toFacts(seen);
    if (JSON.stringify(facts) !== JSON.stringify(promised)) wrong.push({ odd: odd.name, manner, facts, promised });
  });
  expect(wrong).toEqual([]);
}, 600_000);
