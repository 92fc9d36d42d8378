import type { ModelCall } from "../../../shared/run/model-call.ts";
import { type EffortSetting, toEffortChoice } from "./effort.ts";
import { type ProviderEndpoint, toNativeModel } from "./endpoint.ts";
import { at, listAt, lookUp, onlyTexts, sumCounts, textAt } from "./json-fields.ts";
import type { WireError, WireEvent, WireFormat, WireRequest } from "./wire.ts";

/** Finish reasons; those of malformed calls and of no stated kind are no end of a text. */
const ENDS: Readonly<Record<string, Extract<WireEvent, { kind: "end" }>["end"]>> = {
  STOP: "complete",
  MAX_TOKENS: "length",
  SAFETY: "content_filter",
  RECITATION: "content_filter",
  BLOCKLIST: "content_filter",
  PROHIBITED_CONTENT: "content_filter",
  SPII: "content_filter",
};

const toThinking = (setting: EffortSetting): object => {
  if (setting.kind === "off") return { thinkingConfig: { thinkingBudget: 0 } };
  if (setting.kind === "word") return { thinkingConfig: { thinkingLevel: setting.word } };
  return setting.kind === "budget" ? { thinkingConfig: { thinkingBudget: setting.tokens } } : {};
};

function toRequest(call: ModelCall, endpoint: ProviderEndpoint): WireRequest {
  const model = toNativeModel(call.model, endpoint);
  const { maxOutputTokens, effort, temperature, jsonSchema, messages } = call;
  const { setting } = toEffortChoice({ dialect: endpoint.dialect, model, effort, maxOutputTokens });
  const system = messages.filter(({ role }) => role === "system").map(({ text }) => ({ text }));
  const contents = messages
    .filter(({ role }) => role !== "system")
    .map(({ role, text }) => ({ role: role === "assistant" ? "model" : "user", parts: [{ text }] }));
  const schema = { responseMimeType: "application/json", responseJsonSchema: jsonSchema };
  const generationConfig = {
    maxOutputTokens,
    ...(temperature === null ? {} : { temperature }),
    ...(jsonSchema === null ? {} : schema),
    ...toThinking(setting),
  };
  const verb = endpoint.streaming ? "streamGenerateContent?alt=sse" : "generateContent";
  const instruction = system.length === 0 ? {} : { systemInstruction: { parts: system } };
  return {
    path: `/models/${encodeURIComponent(model)}:${verb}`,
    headers: {},
    body: { ...instruction, contents, generationConfig },
  };
}

/** A protobuf duration such as "34.5s". */
function toMs(duration: string | null): number | null {
  const seconds = /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(duration ?? "")?.[1];
  return seconds === undefined ? null : Math.ceil(Number(seconds) * 1_000);
}

/** An error's details are typed objects: a reason as a code, and the wait that is asked for. */
function readError(body: unknown): WireError | null {
  // A stream that fails before it begins answers a list of one error.
  const error = at(body, "error") ?? at(body, 0, "error");
  if (error === undefined || error === null) return null;
  const details = listAt(error, "details");
  const status = at(error, "code");
  const waits = details.map((detail) => toMs(textAt(detail, "retryDelay"))).filter((wait) => wait !== null);
  return {
    status: typeof status === "number" ? status : null,
    codes: onlyTexts([...details.map((detail) => at(detail, "reason")), at(error, "status")]),
    isModerated: false,
    retryAfterMs: waits.length === 0 ? null : Math.max(...waits),
  };
}

function readUsage(body: unknown): readonly WireEvent[] {
  const usage = at(body, "usageMetadata");
  if (typeof usage !== "object" || usage === null) return [];
  const output = [at(usage, "candidatesTokenCount"), at(usage, "thoughtsTokenCount")];
  return [
    {
      kind: "usage",
      usage: {
        promptTokens: sumCounts([at(usage, "promptTokenCount"), at(usage, "toolUsePromptTokenCount")]),
        cachedPromptTokens: at(usage, "cachedContentTokenCount") ?? 0,
        completionTokens: sumCounts(output),
      },
    },
  ];
}

/** A piece of a stream and a whole answer have one shape. */
function read(body: unknown): readonly WireEvent[] {
  const error = readError(body);
  if (error !== null) return [{ kind: "error", error }];
  const [candidate] = listAt(body, "candidates");
  const parts = listAt(candidate, "content", "parts").filter((part) => at(part, "thought") !== true);
  const texts = onlyTexts(parts.map((part) => textAt(part, "text")));
  const reason = textAt(candidate, "finishReason");
  const isBlocked = textAt(body, "promptFeedback", "blockReason") !== null;
  const ends: WireEvent[] = reason === null ? [] : [{ kind: "end", end: lookUp(ENDS, reason) ?? "unusable" }];
  if (isBlocked) ends.push({ kind: "end", end: "content_filter" });
  return [...texts.map((text): WireEvent => ({ kind: "text", text })), ...ends, ...readUsage(body)];
}

/** Google's generateContent of the Gemini API. */
export const google: WireFormat = {
  toRequest,
  toKeyHeader: (secret) => ({ "x-goog-api-key": secret }),
  readEvent: read,
  readBody: read,
  readError,
  doneMark: null,
};
