import { expect, test } from "vitest";
import type { CallOutcome, ModelCall } from "../../shared/run/model-call.ts";
import { callModel } from "./call-model.ts";
import { DEFAULT_ENDPOINTS, toAllowedHosts } from "./providers/endpoint.ts";

type Provider = "openrouter" | "anthropic" | "google";

/** One call that is answered with this body, whole. */
async function answerWith(provider: Provider, body: string, headers: HeadersInit = {}): Promise<CallOutcome> {
  const endpoint = DEFAULT_ENDPOINTS.find(({ name }) => name === provider);
  if (endpoint === undefined) throw new Error(provider);
  const call: ModelCall = {
    ...{ provider, model: "maker/m", effort: "default", messages: [{ role: "user", text: "x" }] },
    ...{ maxOutputTokens: 100, temperature: null, jsonSchema: null, timeoutMs: 2_000, idleMs: 500, byteCap: 100_000 },
  };
  return callModel(call, {
    endpoints: DEFAULT_ENDPOINTS,
    keyOf: () => ({ secret: "key-of-nobody", host: new URL(endpoint.baseUrl).host }),
    rules: {
      allowedHosts: toAllowedHosts(DEFAULT_ENDPOINTS),
      allowLoopbackHttp: false,
      fetch: async () => new Response(body, { headers: { "content-type": "application/json", ...headers } }),
    },
    nowMs: () => Date.now(),
    cancel: null,
  });
}

const openAi = (content: string | null, reason: string): string =>
  JSON.stringify({
    choices: [{ message: { content }, finish_reason: reason }],
    usage: { prompt_tokens: 5, completion_tokens: 2 },
  });
const claude = (text: string, reason: string): string =>
  JSON.stringify({ type: "message", content: [{ type: "text", text }], stop_reason: reason });
const gemini = (text: string, reason: string): string =>
  JSON.stringify({ candidates: [{ content: { parts: [{ text }] }, finishReason: reason }] });

test.each(["constructor", "toString", "__proto__", "hasOwnProperty"])("an end named %s is no end", async (reason) => {
  const bodies = { openrouter: openAi("hi", reason), anthropic: claude("hi", reason), google: gemini("hi", reason) };
  for (const provider of ["openrouter", "anthropic", "google"] as const) {
    const outcome = await answerWith(provider, bodies[provider]);
    expect(outcome).toMatchObject({ ok: false, failure: { class: "bad_response", sent: true } });
  }
});

test.each([" ", "\n\n\t", "\u00a0\u2028"])("an answer of white space alone holds no text: %j", async (blank) => {
  const bodies = {
    openrouter: openAi(blank, "stop"),
    anthropic: claude(blank, "end_turn"),
    google: gemini(blank, "STOP"),
  };
  for (const provider of ["openrouter", "anthropic", "google"] as const) {
    const outcome = await answerWith(provider, bodies[provider]);
    expect(outcome).toMatchObject({ ok: false, failure: { class: "bad_response", sent: true } });
  }
});

test.each([
  ["429", "rate_limited"],
  ["402", "quota_exhausted"],
  ["401", "auth"],
  ["503", "server_error"],
  ["4290", "server_error"],
] as const)("a gateway's status %s in digits, inside a 200, is %s", async (code, expected) => {
  const outcome = await answerWith("openrouter", JSON.stringify({ error: { message: "x", code } }));
  expect(outcome).toMatchObject({ ok: false, failure: { class: expected, status: 200, sent: true } });
});

test.each([
  [{ "retry-after": "999999999" }, 86_400_000],
  [{ "retry-after": "1795276800" }, null],
  [{ "retry-after-ms": "999999999999" }, 86_400_000],
  [{ "retry-after-ms": "1500.5" }, 1_501],
  [{ "retry-after-ms": "-5" }, null],
])("a wait of %j is read as %j ms", async (headers, expected) => {
  const outcome = await answerWith("openrouter", JSON.stringify({ error: { code: 429 } }), headers);
  expect(outcome).toMatchObject({ ok: false, failure: { class: "rate_limited", retryAfterMs: expected } });
});

test("an event without data is no event, and breaks no stream", async () => {
  const piece = (content: string, reason: string | null): string =>
    `data: ${JSON.stringify({ choices: [{ delta: { content }, finish_reason: reason }] })}\n\n`;
  const stream = `data:\n\n${piece("two ", null)}data: \ndata:\n\n${piece("words", "stop")}data: [DONE]\n\n`;
  const outcome = await answerWith("openrouter", stream, { "content-type": "text/event-stream" });
  expect(outcome).toMatchObject({ ok: true, answer: { text: "two words", end: "complete" } });
});

test("a text that no number of allowed tokens can spell is over the cap, whatever less it is counted as", async () => {
  const spaces = (count: number): string => openAi(`x${" ".repeat(count - 1)}`, "stop");
  expect(await answerWith("openrouter", spaces(12_800))).toMatchObject({ ok: true });
  const outcome = await answerWith("openrouter", spaces(12_801));
  expect(outcome).toMatchObject({ ok: false, failure: { class: "output_cap", sent: true } });
});

test("a text beyond the token limit that is billed as such is an answer: its bill has to be booked", async () => {
  const usage = { prompt_tokens: 5, completion_tokens: 101 };
  const choices = [{ message: { content: "x".repeat(12_801) }, finish_reason: "stop" }];
  const outcome = await answerWith("openrouter", JSON.stringify({ choices, usage }));
  expect(outcome).toMatchObject({ ok: true, answer: { usage: { completionTokens: 101 } } });
});

test("a stream that counts its output at its start alone is settled by no count", async () => {
  const events = (usage: object): string =>
    [
      { type: "message_start", message: { usage: { input_tokens: 9, output_tokens: 1 } } },
      { type: "content_block_delta", delta: { type: "text_delta", text: "two hundred words" } },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, ...usage },
      { type: "message_stop" },
    ]
      .map((data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`)
      .join("");
  const head = { "content-type": "text/event-stream" };
  expect(await answerWith("anthropic", events({}), head)).toMatchObject({ ok: true, answer: { usage: null } });
  const counted = await answerWith("anthropic", events({ usage: { output_tokens: 250 } }), head);
  expect(counted).toMatchObject({ answer: { usage: { promptTokens: 9, completionTokens: 250 } } });
});
