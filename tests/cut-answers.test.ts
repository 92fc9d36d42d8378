import { afterAll, beforeAll, expect, test } from "vitest";
import { FAILURE_CLASSES, type ModelCall } from "../shared/run/model-call.ts";
import { callModel } from "../workers/executor/call-model.ts";
import { fakeDeps, PROVIDER_OF } from "./fake-provider/fake-endpoints.ts";
import { STREAM_HEAD, say, toEvents, WIRES, type Wire } from "./fake-provider/speech.ts";
import { type FakeProvider, startFakeProvider } from "./fake-provider/start-fake-provider.ts";
import { type Beat, END, FIN, HANG, RESET, type Timeline, wait, write } from "./fake-provider/timeline.ts";

const SEED = 20_261_121;
const CASES = 600;
const AT_ONCE = 12;
/** Against hanging. */
const TIMEOUT_MS = 50_000;
const IDLE_MS = 300;
const TEXT = "Naïve \u{1f9ea} answers, cut anywhere — also within a character.\r\n\r\ndata: not an event\n\n";

/** Mulberry32: the same cases every time. */
function makeChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Cut {
  readonly wire: Wire;
  readonly timeline: Timeline;
  /** Whether what was sent holds the event that ends the text. */
  readonly isWhole: boolean;
}

/** An answer sent in random pieces, cut at a random byte, ended in a random way. */
function toCut(chance: () => number): Cut {
  const wire = WIRES[Math.floor(chance() * WIRES.length)] ?? "openai";
  const events = toEvents(wire, say(TEXT)).map((event) => (chance() < 0.3 ? event.replaceAll("\n", "\r\n") : event));
  const bytes = Buffer.from(events.join(""));
  const isCut = chance() < 0.8;
  const sent = isCut ? bytes.subarray(0, Math.floor(chance() * bytes.length)) : bytes;
  // The text ends with the first event that holds a reason, and an event ends with its empty line.
  const ending = events.findIndex((event) => /"(finish_reason|stop_reason|finishReason)":"/.test(event));
  const whole = Buffer.byteLength(events.slice(0, ending + 1).join(""));
  const pieces: Beat[] = [];
  for (let at = 0; at < sent.length; ) {
    const next = at + 1 + Math.floor(chance() * 400);
    pieces.push(write(sent.subarray(at, next)));
    if (chance() < 0.2) pieces.push(wait(Math.floor(chance() * 20)));
    at = next;
  }
  const last = [END, FIN, RESET, HANG][Math.floor(chance() * 4)] ?? END;
  const untilClose = last !== HANG && chance() < 0.5;
  const head: Beat = { do: "head", status: 200, headers: STREAM_HEAD, untilClose };
  return { wire, timeline: [head, ...pieces, wait(5), last], isWhole: sent.length >= whole };
}

const plans = new Map<string, Cut>();
let provider: FakeProvider;
/** A clock that stands while this process does, since provider and caller are both in it: silence is what neither broke. */
const clock = { nowMs: 0 };
const ticking = setInterval(() => (clock.nowMs += 10), 10);
beforeAll(async () => {
  provider = await startFakeProvider(({ model }) => plans.get(model.replace("maker/", ""))?.timeline ?? []);
});
afterAll(async () => {
  clearInterval(ticking);
  await provider.close();
});

async function tryCut(name: string, cut: Cut) {
  plans.set(name, cut);
  const call: ModelCall = {
    provider: PROVIDER_OF[cut.wire],
    model: `maker/${name}`,
    effort: "default",
    messages: [{ role: "user", text: "x" }],
    maxOutputTokens: 100,
    temperature: null,
    jsonSchema: null,
    timeoutMs: TIMEOUT_MS,
    idleMs: IDLE_MS,
    byteCap: 100_000,
  };
  const outcome = await callModel(call, fakeDeps(provider.url, { nowMs: () => clock.nowMs }));
  return { outcome, isLate: !outcome.ok && outcome.failure.detail.includes("in time") };
}

test(`an answer is whole exactly where its end was sent: ${CASES} answers cut at random (seed ${SEED})`, async () => {
  const chance = makeChance(SEED);
  const names = Array.from({ length: CASES }, (_, i) => `cut-${i}`);
  const cuts = names.map(() => toCut(chance));
  const wrong: string[] = [];
  const seen = { whole: 0, cut: 0, late: 0 };
  const work = async (): Promise<void> => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const cut = cuts[names.length];
      if (cut === undefined) continue;
      const { outcome, isLate } = await tryCut(name, cut);
      seen[cut.isWhole ? "whole" : "cut"] += 1;
      if (isLate) seen.late += 1;
      // A reset may overtake bytes that were sent before it, so what it cut off may be missing, and is never made up.
      const mayBeLost = cut.isWhole && cut.timeline.at(-1) === RESET;
      if (outcome.ok ? !cut.isWhole || outcome.answer.text !== TEXT : cut.isWhole && !mayBeLost) {
        wrong.push(`${name} ${JSON.stringify(outcome)}`);
      }
      if (!outcome.ok && !FAILURE_CLASSES.includes(outcome.failure.class)) wrong.push(name);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  expect(wrong).toEqual([]);
  expect(seen.whole).toBeGreaterThan(50);
  expect(seen.cut).toBeGreaterThan(200);
  // What hangs is left for its silence, not for its deadline.
  expect(seen.late).toBe(0);
  expect(provider.calls).toHaveLength(CASES);
});
