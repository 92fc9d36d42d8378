import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CallOutcome, ModelCall } from "../../shared/run/model-call.ts";
import { endpointsAt, FAKE_KEY, PROVIDER_OF } from "../fake-provider/fake-endpoints.ts";
import type { Manner } from "../fake-provider/fault.ts";
import { FAULTS } from "../fake-provider/faults.ts";
import { WIRES } from "../fake-provider/speech.ts";
import { echo, type FakeProvider, type Script, startFakeProvider } from "../fake-provider/start-fake-provider.ts";
import { bundleDoor } from "./bundle-door.ts";
import type { DoorBody } from "./call-door.ts";
import { START_MS } from "./patience.ts";

const AT_ONCE = 6;
/** Short only where silence is the fault: a busy machine is slow with everything else too. A call that hangs never ends. */
const [SHORT, LONG] = [
  { timeoutMs: 1_500, idleMs: 150 },
  { timeoutMs: 100_000, idleMs: 100_000 },
];
const scripts = new Map<string, Script>();
let provider: FakeProvider;
let runtime: Miniflare;
let door: URL;

beforeAll(async () => {
  provider = await startFakeProvider((call) => (scripts.get(call.model) ?? echo)(call));
  const script = await bundleDoor(`${import.meta.dirname}/call-door.ts`);
  const options = { modules: true, compatibilityDate: "2026-10-15", script, cf: false as const, logRequests: false };
  runtime = new Miniflare(convertV4MiniflareOptions(options));
  door = await runtime.ready;
}, START_MS);
afterAll(async () => {
  await runtime.dispose();
  await provider.close();
});

interface Case {
  readonly manner: Manner;
  readonly fault: (typeof FAULTS)[number];
  readonly model: string;
}

async function tryCase({ manner, fault, model }: Case): Promise<string | null> {
  scripts.set(model, () => fault.play(manner));
  const expected = fault.expected(manner);
  const call: ModelCall = {
    provider: PROVIDER_OF[manner.wire],
    model,
    effort: "default",
    messages: [{ role: "user", text: "prompt-canary" }],
    maxOutputTokens: 100,
    temperature: null,
    jsonSchema: null,
    ...(expected === "timeout" ? SHORT : LONG),
    byteCap: 200_000,
  };
  const key = { secret: FAKE_KEY, host: new URL(provider.url).host };
  const endpoints = endpointsAt(provider.url, manner.isStreaming);
  // A connection that breaks at once and one that breaks late are told apart by the clock.
  const body: DoorBody = { call, endpoints, key, isClockStill: expected === "network" };
  const response = await fetch(door, { method: "POST", body: JSON.stringify(body) });
  // The door of this test answers this.
  const { outcome } = (await response.json()) as { outcome: CallOutcome };
  const calls = provider.calls.filter((seen) => seen.model === model).length;
  const isRight = !outcome.ok && outcome.failure.class === expected && outcome.failure.sent === fault.sent;
  const isQuiet = !JSON.stringify(outcome).includes("canary");
  if (isRight && isQuiet && calls === 1) return null;
  return `${manner.wire} ${manner.isStreaming} ${fault.name}: ${JSON.stringify(outcome)}, ${calls} calls`;
}

test("the fault matrix reads the same inside the runtime, over real sockets", async () => {
  const manners = WIRES.flatMap((wire) => [true, false].map((isStreaming): Manner => ({ wire, isStreaming })));
  const cases = manners.flatMap((manner) =>
    FAULTS.filter(({ only }) => only === undefined || only(manner)).map((fault) => ({ manner, fault })),
  );
  // A name without a slash, so that every wire format carries it as it is.
  const queue: Case[] = cases.map((one, i) => ({ ...one, model: `m${i}` }));
  expect(queue.length).toBeGreaterThan(350);
  const wrong: string[] = [];
  const work = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const said = await tryCase(next);
      if (said !== null) wrong.push(said);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  expect(wrong).toEqual([]);
}, 600_000);
