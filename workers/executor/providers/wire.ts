import type { AnswerEnd, ModelCall } from "../../../shared/run/model-call.ts";
import type { ProviderEndpoint } from "./endpoint.ts";

/** What a provider's error body says in typed fields; its message is never read. */
export interface WireError {
  /** A status inside the body, for errors that come under 200. */
  readonly status: number | null;
  /** Every code-like field, the most specific first. */
  readonly codes: readonly string[];
  /** The body carries the fields of a moderation verdict. */
  readonly isModerated: boolean;
  /** A wait stated inside the body. */
  readonly retryAfterMs: number | null;
}

/** Token counts as sent, unchecked; a later event's fields replace an earlier one's. */
export interface RawUsage {
  readonly promptTokens?: unknown;
  readonly cachedPromptTokens?: unknown;
  readonly completionTokens?: unknown;
}

/** What a piece of an answer means, in any of the wire formats. */
export type WireEvent =
  | { readonly kind: "text"; readonly text: string }
  /** `unusable`: it ended as no whole text does (a tool that nobody offered); `failed`: the model broke. */
  | { readonly kind: "end"; readonly end: AnswerEnd | "unusable" | "failed" }
  | { readonly kind: "usage"; readonly usage: RawUsage }
  | { readonly kind: "error"; readonly error: WireError }
  /** Nothing follows. */
  | { readonly kind: "done" };

export interface WireRequest {
  /** Behind the endpoint's base URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** One wire format: how a call is asked, and how the parsed JSON of an answer is read. No I/O. */
export interface WireFormat {
  readonly toRequest: (call: ModelCall, endpoint: ProviderEndpoint) => WireRequest;
  /** The header that carries a key. */
  readonly toKeyHeader: (secret: string) => Readonly<Record<string, string>>;
  /** One event of a stream. */
  readonly readEvent: (data: unknown) => readonly WireEvent[];
  /** A whole answer. */
  readonly readBody: (body: unknown) => readonly WireEvent[];
  /** The error of any body; null where it has none. */
  readonly readError: (body: unknown) => WireError | null;
  /** Data of the event that ends a stream, where it is not JSON. */
  readonly doneMark: string | null;
}
