import type { ModelCall } from "../../../shared/run/model-call.ts";
import { type EffortSetting, toEffortChoice } from "./effort.ts";
import { type ProviderEndpoint, toNativeModel } from "./endpoint.ts";
import { at, listAt, lookUp, onlyTexts, sumCounts, textAt } from "./json-fields.ts";
import type { WireError, WireEvent, WireFormat, WireRequest } from "./wire.ts";

const API_VERSION = "2023-06-01";

/** Stop reasons; `tool_use` and `pause_turn` cannot come of a request that offers no tools, and are no end of a text. */
const ENDS: Readonly<Record<string, Extract<WireEvent, { kind: "end" }>["end"]>> = {
  end_turn: "complete",
  stop_sequence: "complete",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  refusal: "refusal",
};

/** Models that take a schema for their text; older ones are bound by their instructions and the reader alone. */
const TAKES_SCHEMA = /^claude-(opus-4-[1-9]|(sonnet|haiku)-4-[5-9]|[a-z]+-([5-9]|\d\d)\b)/;

const toThinking = (setting: EffortSetting): object => {
  if (setting.kind === "off") return { thinking: { type: "disabled" } };
  if (setting.kind === "word") return { thinking: { type: "adaptive" } };
  return setting.kind === "budget" ? { thinking: { type: "enabled", budget_tokens: setting.tokens } } : {};
};

function toRequest(call: ModelCall, endpoint: ProviderEndpoint): WireRequest {
  const model = toNativeModel(call.model, endpoint);
  const { maxOutputTokens, effort, temperature, jsonSchema, messages } = call;
  const asked = { dialect: endpoint.dialect, model, effort, maxOutputTokens };
  const { setting, keepsTemperature } = toEffortChoice(asked);
  const system = messages.filter(({ role }) => role === "system").map(({ text }) => text);
  const output = {
    ...(setting.kind === "word" ? { effort: setting.word } : {}),
    ...(jsonSchema !== null && TAKES_SCHEMA.test(model) ? { format: { type: "json_schema", schema: jsonSchema } } : {}),
  };
  const body = {
    model,
    max_tokens: maxOutputTokens,
    ...(system.length === 0 ? {} : { system: system.join("\n\n") }),
    messages: messages.filter(({ role }) => role !== "system").map(({ role, text }) => ({ role, content: text })),
    ...(temperature !== null && keepsTemperature ? { temperature } : {}),
    ...toThinking(setting),
    ...(Object.keys(output).length === 0 ? {} : { output_config: output }),
    stream: endpoint.streaming,
  };
  return { path: "/messages", headers: { "anthropic-version": API_VERSION }, body };
}

function readError(body: unknown): WireError | null {
  if (at(body, "type") !== "error") return null;
  const codes = onlyTexts([at(body, "error", "type")]);
  return { status: null, codes, isModerated: false, retryAfterMs: null };
}

const INPUT_FIELDS = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"] as const;

/** Input is counted in three parts here, of which the cached are not in the first; a part that says nothing is left out. */
function toUsage(usage: unknown): readonly WireEvent[] {
  if (typeof usage !== "object" || usage === null) return [];
  const input = INPUT_FIELDS.map((field) => at(usage, field));
  const hasInput = typeof input[0] === "number" ? sumCounts(input) !== 0 : input[0] !== undefined && input[0] !== null;
  const prompt = { promptTokens: sumCounts(input), cachedPromptTokens: input[2] ?? 0 };
  const output = at(usage, "output_tokens");
  const completion = output === undefined ? {} : { completionTokens: output };
  return [{ kind: "usage", usage: { ...(hasInput ? prompt : {}), ...completion } }];
}

const withoutOutput = (event: WireEvent): WireEvent =>
  event.kind === "usage" ? { ...event, usage: { ...event.usage, completionTokens: null } } : event;

const toEnd = (reason: string | null): readonly WireEvent[] =>
  reason === null ? [] : [{ kind: "end", end: lookUp(ENDS, reason) ?? "unusable" }];

function readEvent(data: unknown): readonly WireEvent[] {
  const error = readError(data);
  if (error !== null) return [{ kind: "error", error }];
  switch (at(data, "type")) {
    case "message_start":
      // Its count of output is of nothing yet: an answer that is never counted again is settled at its reservation.
      return toUsage(at(data, "message", "usage")).map(withoutOutput);
    case "content_block_start":
    case "content_block_delta": {
      const part = at(data, "type") === "content_block_start" ? at(data, "content_block") : at(data, "delta");
      const isText = at(part, "type") === "text" || at(part, "type") === "text_delta";
      const text = isText ? textAt(part, "text") : null;
      return text === null || text === "" ? [] : [{ kind: "text", text }];
    }
    case "message_delta":
      return [...toEnd(textAt(data, "delta", "stop_reason")), ...toUsage(at(data, "usage"))];
    case "message_stop":
      return [{ kind: "done" }];
    default:
      return [];
  }
}

function readBody(body: unknown): readonly WireEvent[] {
  const error = readError(body);
  if (error !== null) return [{ kind: "error", error }];
  const blocks = listAt(body, "content").filter((block) => at(block, "type") === "text");
  const texts = onlyTexts(blocks.map((block) => textAt(block, "text")));
  return [
    ...texts.map((text): WireEvent => ({ kind: "text", text })),
    ...toEnd(textAt(body, "stop_reason")),
    ...toUsage(at(body, "usage")),
  ];
}

/** Anthropic's Messages. */
export const anthropic: WireFormat = {
  toRequest,
  toKeyHeader: (secret) => ({ "x-api-key": secret }),
  readEvent,
  readBody,
  readError,
  doneMark: null,
};
