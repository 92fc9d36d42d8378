import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CallOutcome, FAILURE_CLASSES, FAILURE_POLICIES, type ModelCall } from "../shared/run/model-call.ts";
import { type CallModelDeps, callModel } from "../workers/executor/call-model.ts";
import { streamOutside } from "../workers/platform/egress.ts";
import { FAKE_KEY, fakeDeps, PROVIDER_OF } from "./fake-provider/fake-endpoints.ts";
import type { Fault, Manner } from "./fake-provider/fault.ts";
import { FAULTS } from "./fake-provider/faults.ts";
import { STREAM_HEAD, say, speak, toEvents, WIRES } from "./fake-provider/speech.ts";
import { echo, type FakeProvider, startFakeProvider } from "./fake-provider/start-fake-provider.ts";
import { HANG, head, RESET, write } from "./fake-provider/timeline.ts";

const PROMPT = "prompt-canary-81d0e2: which line is wrong?";
/** What hangs never ends, so that a short deadline is one that was kept; all else has time, as slow as the machine may be. */
const SHORT = { timeoutMs: 1_500, idleMs: 150 };
const LIMITS = { timeoutMs: 50_000, idleMs: 50_000, byteCap: 200_000 };

const limitsOf = (fault: Fault, manner: Manner): Partial<ModelCall> => {
  if (fault.expected(manner) !== "timeout") return {};
  return fault.isSilence === true ? { idleMs: SHORT.idleMs } : { timeoutMs: SHORT.timeoutMs };
};
/** Classes that 1.11 calls retryable on the same provider. */
const RETRYABLE = [
  "rate_limited",
  "server_error",
  "timeout",
  "network",
  "network_after_send",
  "stream_ended_early",
  "bad_response",
];

/** Anthropic has one stop reason for both, Google none for a refusal. */
const TOLD_AS: Readonly<Record<string, string>> = {
  "anthropic content_filter": "refusal",
  "google refusal": "content_filter",
};

const toCall = (provider: string, fields: Partial<ModelCall> = {}): ModelCall => ({
  provider,
  model: "maker/model-1",
  effort: "default",
  messages: [
    { role: "system", text: "Be brief." },
    { role: "user", text: PROMPT },
  ],
  maxOutputTokens: 200,
  temperature: null,
  jsonSchema: null,
  ...LIMITS,
  ...fields,
});

let provider: FakeProvider;
const scripts = new Map<string, FakeProvider["script"]>();
beforeAll(async () => {
  provider = await startFakeProvider((call) => (scripts.get(call.model.replace("maker/", "")) ?? echo)(call));
});
afterAll(() => provider.close());

interface Asked {
  readonly limits?: Partial<ModelCall>;
  readonly deps?: Partial<CallModelDeps>;
}

/** One call of its own model, so that cases can run side by side. */
async function ask(
  name: string,
  { wire, isStreaming }: Manner,
  script: FakeProvider["script"],
  { limits = {}, deps = {} }: Asked = {},
) {
  const model = `m-${name.replaceAll(/[^a-z0-9]+/gi, "-")}-${wire}-${isStreaming}`.toLowerCase();
  scripts.set(model, script);
  const call = toCall(PROVIDER_OF[wire], { model: `maker/${model}`, ...limits });
  const outcome = await callModel(call, fakeDeps(provider.url, { isStreaming, ...deps }));
  const calls = provider.calls.filter((seen) => seen.model.endsWith(model));
  return { outcome, calls };
}

const failureOf = (outcome: CallOutcome) => {
  if (outcome.ok) throw new Error(`answered ${JSON.stringify(outcome.answer)}`);
  return outcome.failure;
};
const answerOf = (outcome: CallOutcome) => {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.failure));
  return outcome.answer;
};

const MANNERS: readonly Manner[] = WIRES.flatMap((wire) => [
  { wire, isStreaming: true },
  { wire, isStreaming: false },
]);

describe.each(MANNERS)("callModel() over $wire, streaming $isStreaming", (manner) => {
  const cases = FAULTS.filter(({ only }) => only === undefined || only(manner));

  test.concurrent.each(cases)("reads $name", async (fault) => {
    const expected = fault.expected(manner);
    // A connection that breaks at once and one that breaks late are told apart by the clock.
    const deps = expected === "network" ? { nowMs: () => 0 } : {};
    const about = { limits: limitsOf(fault, manner), deps };
    const { outcome, calls } = await ask(fault.name, manner, () => fault.play(manner), about);
    const failure = failureOf(outcome);
    expect({ class: failure.class, sent: failure.sent }).toEqual({ class: expected, sent: fault.sent });
    expect(FAILURE_POLICIES[failure.class].retries > 0).toBe(RETRYABLE.includes(expected));
    expect(calls).toHaveLength(1);
    if (expected === "timeout") expect(failure.detail.includes("fell silent")).toBe(fault.isSilence === true);
    expect(JSON.stringify(failure)).not.toMatch(/canary|rate limit|context length/);
    if (typeof fault.waitMs === "object") {
      expect(failure.retryAfterMs).toBeGreaterThan(fault.waitMs[0]);
      expect(failure.retryAfterMs).toBeLessThan(fault.waitMs[1]);
    } else expect(failure.retryAfterMs).toBe(fault.waitMs ?? null);
  });

  test("reads a whole answer, its usage and its ends", async () => {
    const text = "Zeile 3 ist falsch: \u{1f9ea} «naïve»\n\n```ts\nconst a = 1;\n```";
    const whole = await ask("whole", manner, (call) => speak(say(text), call));
    const usage = { promptTokens: 20, cachedPromptTokens: 5, completionTokens: Math.ceil(text.length / 4) };
    expect(answerOf(whole.outcome)).toMatchObject({ text, end: "complete", usage });
    for (const end of ["length", "content_filter", "refusal"] as const) {
      const { outcome } = await ask(`end ${end}`, manner, (call) => speak(say("Half an", { end }), call));
      expect(answerOf(outcome)).toMatchObject({ text: "Half an", end: TOLD_AS[`${manner.wire} ${end}`] ?? end });
    }
    const none = await ask("thought to the limit", manner, (call) => speak(say("", { end: "length" }), call));
    expect(answerOf(none.outcome)).toMatchObject({ text: "", end: "length" });
  });

  test("asks for a schema and reads what fits it", async () => {
    const properties = { score: { type: "integer", minimum: 1, maximum: 10 }, reasons: { type: "string" } };
    const jsonSchema = { type: "object", properties, required: ["score", "reasons"], additionalProperties: false };
    const call = toCall(PROVIDER_OF[manner.wire], { model: "anthropic/claude-sonnet-4.6", jsonSchema });
    const outcome = await callModel(call, fakeDeps(provider.url, { isStreaming: manner.isStreaming }));
    expect(JSON.parse(answerOf(outcome).text)).toEqual({ score: 7, reasons: "An example." });
  });

  test("keeps an answer whose end was seen, whatever follows", async () => {
    const usage = manner.wire === "openai" ? null : expect.anything();
    const script = (call: Manner) => {
      const events = toEvents(call.wire, say("Said.")).filter(
        (event) => !/"choices":\[\]|\[DONE\]|message_stop/.test(event),
      );
      return [head(200, STREAM_HEAD), ...events.map(write), write("data: {broken\n\n"), RESET];
    };
    const { outcome } = await ask("afterwards", manner, script);
    expect(answerOf(outcome)).toMatchObject({ text: "Said.", end: "complete", usage });
  });

  test("passes over tool noise", async () => {
    const { outcome } = await ask("noise", manner, (call) => speak(say("Plain.", { hasToolNoise: true }), call));
    expect(answerOf(outcome)).toMatchObject({ text: "Plain.", end: "complete" });
  });

  test.each([
    ["none", null],
    ["negative", [20, 0, -3]],
    ["a text", ["20", 0, 3]],
    ["fractions", [20.5, 0, 3]],
    ["absurd", [20, 0, 1e15]],
    ["no input", [0, 0, 3]],
    ["no output for text", [20, 0, 0]],
  ] as const)("takes no usage that cannot be: %s", async (name, usage) => {
    const { outcome } = await ask(`usage ${name}`, manner, (call) => speak(say("Plain.", { usage }), call));
    expect(answerOf(outcome)).toMatchObject({ text: "Plain.", usage: null });
  });

  test("ends at once when it is canceled, and closes the connection", async () => {
    const cancel = new AbortController();
    scripts.set("canceled", () => [HANG]);
    const deps = fakeDeps(provider.url, { isStreaming: manner.isStreaming, cancel: cancel.signal });
    const call = toCall(PROVIDER_OF[manner.wire], { model: "maker/canceled" });
    const before = provider.calls.length;
    const running = callModel(call, deps);
    while (provider.calls.length === before) await new Promise((go) => setTimeout(go, 5));
    cancel.abort();
    expect(failureOf(await running)).toMatchObject({ class: "canceled", sent: true });
    const seen = provider.calls.at(-1);
    // Nothing else closes it: the provider hangs.
    while (seen?.endedAtMs === null) await new Promise((go) => setTimeout(go, 5));
    expect(failureOf(await callModel(call, deps))).toMatchObject({ class: "canceled", sent: false });
    expect(provider.calls.length).toBe(before + 1);
  });
});

test("the matrix holds every class that a provider or the network can cause", () => {
  const ours = ["rate_limited_long", "egress_refused", "no_key", "canceled"];
  const found = new Set(FAULTS.flatMap((fault) => MANNERS.map((manner) => fault.expected(manner))));
  expect(FAILURE_CLASSES.filter((name) => !found.has(name))).toEqual(ours);
});

describe("callModel() before anything is sent", () => {
  const never = () => Promise.reject(new Error("was called"));

  test("refuses a provider without a key, or with one that no header can carry", async () => {
    const deps = { ...fakeDeps("http://127.0.0.1:9"), keyOf: () => null };
    expect(failureOf(await callModel(toCall("openrouter"), deps))).toMatchObject({ class: "no_key", sent: false });
    expect(failureOf(await callModel(toCall("nobody"), deps))).toMatchObject({ class: "no_key", sent: false });
    const bad = { ...deps, keyOf: () => ({ secret: "a\r\nx: y", host: "127.0.0.1:9" }) };
    expect(failureOf(await callModel(toCall("openrouter"), bad))).toMatchObject({ class: "no_key", sent: false });
  });

  test("sends a key to its own host alone", async () => {
    const base = fakeDeps("http://127.0.0.1:9");
    const deps = {
      ...base,
      keyOf: () => ({ secret: FAKE_KEY, host: "openrouter.ai" }),
      rules: { ...base.rules, fetch: never },
    };
    const failure = failureOf(await callModel(toCall("openrouter"), deps));
    expect(failure).toMatchObject({ class: "egress_refused", sent: false });
    expect(JSON.stringify(failure)).not.toContain("canary");
  });

  test.each([
    "http://api.example/v1",
    "https://other.example/v1",
    "https://10.0.0.1/v1",
    "https://169.254.169.254/v1",
    "https://[::ffff:127.0.0.1]/v1",
    "https://2130706433/v1",
    "https://metadata.internal/v1",
    "https://127.0.0.1.nip.io/v1",
    "https://user:pw@api.example/v1",
    "ftp://api.example/v1",
  ])("refuses a base URL of %s", async (baseUrl) => {
    const base = fakeDeps("http://127.0.0.1:9");
    const allowedHosts = [
      "api.example",
      "10.0.0.1",
      "169.254.169.254",
      "[::ffff:7f00:1]",
      "127.0.0.1",
      "metadata.internal",
    ];
    const endpoints = base.endpoints.map((one) => ({ ...one, baseUrl }));
    const rules = { allowedHosts, allowLoopbackHttp: false, fetch: never };
    const outcome = await callModel(toCall("local"), { ...base, endpoints, rules });
    expect(failureOf(outcome)).toMatchObject({ class: "egress_refused", sent: false });
  });

  test("follows no redirect to another host", async () => {
    const canary = await startFakeProvider();
    scripts.set("moved", () => [
      { do: "head", status: 307, headers: { location: `${canary.url}/openrouter/api/v1/chat/completions` } },
      { do: "end" },
    ]);
    const deps = fakeDeps(provider.url);
    const rules = { ...deps.rules, allowedHosts: [...deps.rules.allowedHosts, new URL(canary.url).host] };
    const outcome = await callModel(toCall("openrouter", { model: "maker/moved" }), { ...deps, rules });
    expect(failureOf(outcome).class).toBe("redirect_refused");
    expect(canary.calls).toHaveLength(0);
    await canary.close();
  });
});

test("silence is counted from the last piece, by the clock", async () => {
  const [pieces, idleMs] = [10, 150];
  const clock = { ms: 0, looks: 0 };
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      sent += 1;
      return sent > pieces ? new Promise(() => undefined) : controller.enqueue(new Uint8Array(1));
    },
  });
  const nowMs = (): number => {
    clock.looks += 1;
    return clock.ms;
  };
  const rules = { allowedHosts: ["api.example"], allowLoopbackHttp: false, fetch: async () => new Response(body) };
  const request = { url: "https://api.example/v1", method: "POST" as const, headers: {}, body: "", cancel: null };
  const limits = { timeoutMs: 50_000, limitBytes: 1_000, idle: { ms: idleMs, nowMs } };
  let isOver = false;
  const ended = streamOutside({ ...request, ...limits }, rules, () => {
    // All of them take far longer than the silence that is allowed, none of them as long.
    clock.ms += idleMs - 50;
    return true;
  }).finally(() => (isOver = true));
  await expect.poll(() => sent, { timeout: 50_000 }).toBeGreaterThan(pieces);
  const looked = clock.looks;
  await expect.poll(() => clock.looks, { timeout: 50_000 }).toBeGreaterThan(looked + 2);
  expect(isOver).toBe(false);
  clock.ms += 50;
  expect(await ended).toMatchObject({ ok: true, value: { end: "idle", bytes: pieces } });
});
