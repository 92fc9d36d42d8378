import { describe, expect, test } from "vitest";
import type { ModelCall } from "../../shared/run/model-call.ts";
import { sendOutside } from "../platform/egress.ts";
import type { EgressRules } from "../platform/egress-rules.ts";
import { type CallModelDeps, callModel } from "./call-model.ts";
import { DEFAULT_ENDPOINTS, toAllowedHosts } from "./providers/endpoint.ts";

const KEY = "key-canary-77";
const CALL: ModelCall = {
  provider: "anthropic",
  model: "anthropic/claude-sonnet-4.5",
  effort: "default",
  messages: [{ role: "user", text: "prompt-canary" }],
  maxOutputTokens: 100,
  temperature: null,
  jsonSchema: null,
  // Short only where silence is the fault: a busy machine is slow with everything else too.
  timeoutMs: 50_000,
  idleMs: 50_000,
  byteCap: 10_000,
};

const deps = (fetch: EgressRules["fetch"], cancel: AbortSignal | null = null): CallModelDeps => ({
  endpoints: DEFAULT_ENDPOINTS,
  keyOf: () => ({ secret: KEY, host: "api.anthropic.com" }),
  rules: { allowedHosts: toAllowedHosts(DEFAULT_ENDPOINTS), allowLoopbackHttp: false, fetch },
  nowMs: () => Date.now(),
  cancel,
});

const TEXT = "Größe \u{1f9ea} «sehr» naïve";
const EVENTS = [
  { type: "message_start", message: { usage: { input_tokens: 9, output_tokens: 1 } } },
  { type: "content_block_delta", delta: { type: "text_delta", text: TEXT } },
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 7 } },
  { type: "message_stop" },
].map((data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`);

/** A body that comes in pieces of `size` bytes and then ends, breaks or hangs. */
function stream(text: string, { size, last }: { size: number; last: "end" | "break" | "hang" }): ReadableStream {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at < bytes.length) {
        controller.enqueue(bytes.slice(at, at + size));
        at += size;
        return undefined;
      }
      if (last === "break") controller.error(new Error("a text that nobody reads"));
      if (last === "end") controller.close();
      return last === "hang" ? new Promise(() => undefined) : undefined;
    },
  });
}

const answer = (body: ReadableStream | string) => async () =>
  new Response(body, { headers: { "content-type": "text/event-stream" } });

describe("callModel() inside the runtime", () => {
  test.each([1, 2, 3, 7, 10_000])("reads a stream that comes in pieces of %d bytes", async (size) => {
    const sent: RequestInit[] = [];
    const fetch: EgressRules["fetch"] = (_url, init) => {
      sent.push(init);
      return answer(stream(EVENTS.join(""), { size, last: "hang" }))();
    };
    const outcome = await callModel(CALL, deps(fetch));
    const usage = { promptTokens: 9, cachedPromptTokens: 0, completionTokens: 7 };
    expect(outcome).toMatchObject({ ok: true, answer: { text: TEXT, end: "complete", usage } });
    expect(sent.map(({ redirect, method }) => [redirect, method])).toEqual([["manual", "POST"]]);
    expect(new Headers(sent[0]?.headers).get("x-api-key")).toBe(KEY);
  });

  test.each([
    ["end", "stream_ended_early"],
    ["break", "network_after_send"],
    ["hang", "timeout"],
  ] as const)("takes a stream that stops short for no answer: %s", async (last, expected) => {
    const part = EVENTS.slice(0, 2).join("");
    const call = { ...CALL, ...(last === "hang" ? { idleMs: 100 } : {}) };
    const outcome = await callModel(call, deps(answer(stream(part, { size: 50, last }))));
    expect(outcome).toMatchObject({ ok: false, failure: { class: expected, status: 200, sent: true } });
    expect(JSON.stringify(outcome)).not.toMatch(/canary|nobody/);
  });

  test("gives up at its deadlines and at the word of its caller, also where the connection ignores both", async () => {
    const deaf = () => new Promise<Response>(() => undefined);
    const late = await callModel({ ...CALL, timeoutMs: 400 }, deps(deaf));
    expect(late).toMatchObject({ failure: { class: "timeout", sent: true } });
    const cancel = new AbortController();
    const running = callModel(CALL, deps(deaf, cancel.signal));
    cancel.abort();
    expect(await running).toMatchObject({ failure: { class: "canceled", sent: true } });
  });

  test("stops at its cap of bytes", async () => {
    const long = `: ${"x".repeat(20_000)}\n\n`;
    const outcome = await callModel(CALL, deps(answer(stream(long, { size: 500, last: "end" }))));
    expect(outcome).toMatchObject({ failure: { class: "output_cap", sent: true } });
  });

  test("goes out by the platform's own way, which answers 599 here", async () => {
    expect(await callModel(CALL, deps(sendOutside))).toMatchObject({ failure: { class: "server_error", status: 599 } });
  });
});
