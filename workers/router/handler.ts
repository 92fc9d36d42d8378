import type { Result } from "../../shared/base/result.ts";
import type { Principal } from "../platform/auth.ts";
import type { RouterDeps } from "./deps.ts";

/** What a handler gets: who asks, the path's parameters, the query and the parsed JSON body (undefined when none). */
export interface HandlerInput {
  readonly principal: Principal;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** A request header by its lower-case name; null where there is none. */
  readonly header: (name: string) => string | null;
}

/** A successful answer: `{data, meta?}` on the wire; a bare door sends `data` alone. */
export interface Answer {
  readonly data: unknown;
  readonly meta?: unknown;
  /** True where nothing was done that the door's own status would tell of. */
  readonly isPreview?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An event stream, sent as it comes. */
export interface StreamAnswer {
  readonly events: ReadableStream<Uint8Array>;
}

/** What a protocol's own library wrote; it goes out under our headers. */
export interface WrittenAnswer {
  readonly written: Response;
}

export type HandlerOutput = Answer | StreamAnswer | WrittenAnswer;
export type Handler = (input: HandlerInput, deps: RouterDeps) => Promise<Result<HandlerOutput>>;
