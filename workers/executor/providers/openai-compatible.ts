import type { ModelCall } from "../../../shared/run/model-call.ts";
import { toEffortChoice } from "./effort.ts";
import { type ProviderEndpoint, toNativeModel } from "./endpoint.ts";
import { at, listAt, lookUp, onlyTexts, statusAt, textAt } from "./json-fields.ts";
import type { WireError, WireEvent, WireFormat, WireRequest } from "./wire.ts";

/** Finish reasons; one that is not listed here may be anything and passes for none of them. */
const ENDS: Readonly<Record<string, Extract<WireEvent, { kind: "end" }>["end"]>> = {
  stop: "complete",
  length: "length",
  content_filter: "content_filter",
  error: "failed",
};

function toRequest(call: ModelCall, endpoint: ProviderEndpoint): WireRequest {
  const { dialect, streaming } = endpoint;
  const model = toNativeModel(call.model, endpoint);
  const { maxOutputTokens, effort, temperature, jsonSchema } = call;
  const { setting, keepsTemperature } = toEffortChoice({ dialect, model, effort, maxOutputTokens });
  // OpenAI's own reasoning models refuse the older name; other servers may not know the newer one.
  const limit = dialect === "openai" ? { max_completion_tokens: maxOutputTokens } : { max_tokens: maxOutputTokens };
  const word = setting.kind === "word" ? setting.word : null;
  const schema = { type: "json_schema", json_schema: { name: "answer", strict: true, schema: jsonSchema } };
  const body = {
    model,
    messages: call.messages.map(({ role, text }) => ({ role, content: text })),
    ...limit,
    ...(temperature !== null && keepsTemperature ? { temperature } : {}),
    ...(word === null ? {} : dialect === "openrouter" ? { reasoning: { effort: word } } : { reasoning_effort: word }),
    ...(jsonSchema === null ? {} : { response_format: schema }),
    ...(streaming ? { stream: true, stream_options: { include_usage: true } } : { stream: false }),
  };
  return { path: "/chat/completions", headers: {}, body };
}

/** Text of a message or a delta, which is a string or a list of parts. */
const toText = (content: unknown): string =>
  typeof content === "string"
    ? content
    : onlyTexts((Array.isArray(content) ? content : []).map((p) => textAt(p, "text"))).join("");

function readUsage(body: unknown): readonly WireEvent[] {
  const usage = at(body, "usage");
  if (typeof usage !== "object" || usage === null) return [];
  const cached = at(usage, "prompt_tokens_details", "cached_tokens");
  return [
    {
      kind: "usage",
      usage: {
        promptTokens: at(usage, "prompt_tokens"),
        cachedPromptTokens: cached ?? 0,
        completionTokens: at(usage, "completion_tokens"),
      },
    },
  ];
}

/** A status where an error's `code` is one: OpenRouter sends a number, LiteLLM its digits. */
function readError(body: unknown): WireError | null {
  const error = at(body, "error");
  if (error === undefined || error === null) return null;
  const code = at(error, "code");
  const metadata = at(error, "metadata");
  const isModerated = Array.isArray(at(metadata, "reasons")) || textAt(metadata, "flagged_input") !== null;
  const codes = onlyTexts([code, at(metadata, "error_type"), at(metadata, "limit_source"), at(error, "type")]);
  return { status: statusAt(error, "code"), codes, isModerated, retryAfterMs: null };
}

/** One choice, of a stream (`delta`) or whole (`message`). */
function readChoice(choice: unknown, said: "delta" | "message"): readonly WireEvent[] {
  const error = readError(choice);
  if (error !== null) return [{ kind: "error", error }];
  const refusal = textAt(choice, said, "refusal") ?? "";
  const text = toText(at(choice, said, "content")) + refusal;
  const reason = textAt(choice, "finish_reason");
  const events: WireEvent[] = text === "" ? [] : [{ kind: "text", text }];
  if (refusal !== "") events.push({ kind: "end", end: "refusal" });
  if (reason !== null && reason !== "") events.push({ kind: "end", end: lookUp(ENDS, reason) ?? "unusable" });
  return events;
}

function read(body: unknown, said: "delta" | "message"): readonly WireEvent[] {
  const error = readError(body);
  if (error !== null) return [{ kind: "error", error }, ...readUsage(body)];
  const [first] = listAt(body, "choices");
  return [...(first === undefined ? [] : readChoice(first, said)), ...readUsage(body)];
}

/** Chat completions: OpenRouter, OpenAI, and any server that speaks as they do. */
export const openAiCompatible: WireFormat = {
  toRequest,
  toKeyHeader: (secret) => ({ authorization: `Bearer ${secret}` }),
  readEvent: (data) => read(data, "delta"),
  readBody: (body) => read(body, "message"),
  readError,
  doneMark: "[DONE]",
};
