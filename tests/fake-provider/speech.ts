import { END, head, type Timeline, write } from "./timeline.ts";

export const WIRES = ["openai", "anthropic", "google"] as const;
export type Wire = (typeof WIRES)[number];

/** How a speech may end, in our words; `tool` asks for a tool that nobody offered, `unknown` is a reason of the future. */
export const SPEECH_ENDS = ["complete", "length", "content_filter", "refusal", "tool", "unknown", "none"] as const;
export type SpeechEnd = (typeof SPEECH_ENDS)[number];

/** What a scripted model says. */
export interface Speech {
  /** In the pieces that a stream sends it in. */
  readonly pieces: readonly string[];
  readonly end: SpeechEnd;
  /** [prompt, cached among them, completion]; null = the provider tells none. Not all of them need be true. */
  readonly usage: readonly [unknown, unknown, unknown] | null;
  /** Fragments of a call of a tool among the text. */
  readonly hasToolNoise?: boolean;
}

export const say = (text: string, fields: Partial<Speech> = {}): Speech => ({
  pieces: text.match(/[\s\S]{1,12}/gu) ?? [],
  end: "complete",
  usage: [20, 5, Math.max(1, Math.ceil(text.length / 4))],
  ...fields,
});

const REASONS: Readonly<Record<Wire, Readonly<Record<SpeechEnd, string | null>>>> = {
  openai: {
    complete: "stop",
    length: "length",
    content_filter: "content_filter",
    refusal: "stop",
    tool: "tool_calls",
    unknown: "tired",
    none: null,
  },
  anthropic: {
    complete: "end_turn",
    length: "max_tokens",
    content_filter: "refusal",
    refusal: "refusal",
    tool: "tool_use",
    unknown: "tired",
    none: null,
  },
  google: {
    complete: "STOP",
    length: "MAX_TOKENS",
    content_filter: "SAFETY",
    refusal: "PROHIBITED_CONTENT",
    tool: "UNEXPECTED_TOOL_CALL",
    unknown: "TIRED",
    none: null,
  },
};

const openAiUsage = ({ usage }: Speech): object =>
  usage === null
    ? {}
    : {
        usage: {
          prompt_tokens: usage[0],
          completion_tokens: usage[2],
          prompt_tokens_details: { cached_tokens: usage[1] },
        },
      };

/** Anthropic counts what is not cached apart; an untrue count is passed on as it is. */
const anthropicInput = ([prompt, cached]: readonly [unknown, unknown, unknown]): object =>
  typeof prompt === "number" && typeof cached === "number"
    ? { input_tokens: prompt - cached, cache_read_input_tokens: cached }
    : { input_tokens: prompt, cache_read_input_tokens: cached };

const googleUsage = ({ usage }: Speech): object =>
  usage === null
    ? {}
    : {
        usageMetadata: {
          promptTokenCount: usage[0],
          cachedContentTokenCount: usage[1],
          candidatesTokenCount: usage[2],
        },
      };

const TOOL_NOISE = { index: 0, id: "t1", type: "function", function: { name: "look", arguments: '{"q":' } };

function openAiBody(speech: Speech): object {
  const text = speech.pieces.join("");
  const message = {
    role: "assistant",
    content: speech.end === "refusal" || text === "" ? null : text,
    refusal: speech.end === "refusal" ? text : null,
    ...(speech.hasToolNoise === true ? { tool_calls: [TOOL_NOISE] } : {}),
  };
  const choice = { index: 0, message, finish_reason: REASONS.openai[speech.end] };
  return { id: "c1", object: "chat.completion", choices: [choice], ...openAiUsage(speech) };
}

function anthropicBody(speech: Speech): object {
  const texts = speech.pieces.length === 0 ? [] : [{ type: "text", text: speech.pieces.join("") }];
  const noise = speech.hasToolNoise === true ? [{ type: "tool_use", id: "t1", name: "look", input: {} }] : [];
  const usage =
    speech.usage === null ? {} : { usage: { ...anthropicInput(speech.usage), output_tokens: speech.usage[2] } };
  const stop = { stop_reason: REASONS.anthropic[speech.end] };
  return { id: "m1", type: "message", role: "assistant", content: [...noise, ...texts], ...stop, ...usage };
}

const googleParts = (texts: readonly string[], speech: Speech): object[] => [
  ...(speech.hasToolNoise === true ? [{ functionCall: { name: "look", args: {} } }] : []),
  { text: "thinking aloud", thought: true },
  ...texts.map((text) => ({ text })),
];

function googleBody(speech: Speech): object {
  const content = { role: "model", parts: googleParts(speech.pieces, speech) };
  return { candidates: [{ content, finishReason: REASONS.google[speech.end] ?? undefined }], ...googleUsage(speech) };
}

/** The JSON of a whole answer. */
export const toBody = (wire: Wire, speech: Speech): object =>
  ({ openai: openAiBody, anthropic: anthropicBody, google: googleBody })[wire](speech);

const event = (data: unknown, name = ""): string =>
  `${name === "" ? "" : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;

function openAiEvents(speech: Speech): string[] {
  const chunk = (delta: object, reason: string | null = null): string =>
    event({ id: "c1", object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: reason }] });
  const field = speech.end === "refusal" ? "refusal" : "content";
  const reason = REASONS.openai[speech.end];
  return [
    ": PROCESSING\n\n",
    chunk({ role: "assistant", content: "" }),
    ...(speech.hasToolNoise === true ? [chunk({ tool_calls: [TOOL_NOISE] })] : []),
    ...speech.pieces.map((piece) => chunk({ [field]: piece })),
    ...(reason === null ? [] : [chunk({}, reason)]),
    ...(speech.usage === null ? [] : [event({ id: "c1", choices: [], ...openAiUsage(speech) })]),
    ...(reason === null ? [] : ["data: [DONE]\n\n"]),
  ];
}

function anthropicEvents(speech: Speech): string[] {
  const named = (data: { readonly type: string } & Readonly<Record<string, unknown>>): string => event(data, data.type);
  const { usage } = speech;
  const input = usage === null ? {} : { usage: { ...anthropicInput(usage), output_tokens: 1 } };
  const tool = { type: "tool_use", id: "t1", name: "look", input: {} };
  const noise = [
    named({ type: "content_block_start", index: 0, content_block: tool }),
    named({ type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: '{"q":' } }),
    named({ type: "content_block_stop", index: 0 }),
  ];
  const reason = REASONS.anthropic[speech.end];
  const end = {
    type: "message_delta",
    delta: { stop_reason: reason },
    ...(usage === null ? {} : { usage: { output_tokens: usage[2] } }),
  };
  return [
    named({ type: "message_start", message: { id: "m1", type: "message", role: "assistant", content: [], ...input } }),
    named({ type: "ping" }),
    ...(speech.hasToolNoise === true ? noise : []),
    named({ type: "content_block_start", index: 1, content_block: { type: "text", text: "" } }),
    ...speech.pieces.map((text) =>
      named({ type: "content_block_delta", index: 1, delta: { type: "text_delta", text } }),
    ),
    named({ type: "content_block_stop", index: 1 }),
    ...(reason === null ? [] : [named(end), named({ type: "message_stop" })]),
  ];
}

function googleEvents(speech: Speech): string[] {
  const reason = REASONS.google[speech.end];
  return [
    ...speech.pieces.map((text, i) =>
      event({
        candidates: [
          {
            content: {
              role: "model",
              parts: googleParts([text], { ...speech, hasToolNoise: i === 0 && speech.hasToolNoise === true }),
            },
          },
        ],
      }),
    ),
    ...(reason === null
      ? []
      : [event({ candidates: [{ content: { parts: [] }, finishReason: reason }], ...googleUsage(speech) })]),
  ];
}

/** The events of a streamed answer, each a text of its own. */
export const toEvents = (wire: Wire, speech: Speech): readonly string[] =>
  ({ openai: openAiEvents, anthropic: anthropicEvents, google: googleEvents })[wire](speech);

export const JSON_HEAD = { "content-type": "application/json" } as const;
export const STREAM_HEAD = { "content-type": "text/event-stream; charset=utf-8" } as const;

/** A speech as the caller asked for it. */
export const speak = (speech: Speech, { wire, isStreaming }: { wire: Wire; isStreaming: boolean }): Timeline =>
  isStreaming
    ? [head(200, STREAM_HEAD), ...toEvents(wire, speech).map(write), END]
    : [head(200, JSON_HEAD), write(JSON.stringify(toBody(wire, speech))), END];

/** Typed fields of an error, as far as a wire format has them. */
export interface ToldError {
  readonly status: number;
  /** OpenAI-compatible: `code`, a text or (OpenRouter) a number. */
  readonly code?: string | number;
  readonly metadata?: object;
  /** Anthropic: the error's type. */
  readonly type?: string;
  /** Google: the status word, and details. */
  readonly word?: string;
  readonly details?: readonly object[];
}

/** The JSON of an error; its message is noise that no reader may go by. */
export function toErrorBody(wire: Wire, told: ToldError): object {
  const message = "5 requests, quota, context, 429: rate limit, timeout";
  if (wire === "anthropic") return { type: "error", error: { type: told.type ?? "api_error", message } };
  if (wire === "google") {
    return { error: { code: told.status, message, status: told.word ?? "UNKNOWN", details: told.details ?? [] } };
  }
  return { error: { message, code: told.code ?? null, type: null, metadata: told.metadata ?? {} } };
}

/** An error under its own status. */
export const refuse = (wire: Wire, told: ToldError, headers: Readonly<Record<string, string>> = {}): Timeline => [
  head(told.status, { ...JSON_HEAD, ...headers }),
  write(JSON.stringify(toErrorBody(wire, told))),
  END,
];
