import type { FailureClass } from "../../shared/run/model-call.ts";
import { JSON_HEAD, STREAM_HEAD, say, type Wire } from "./speech.ts";
import { type Beat, END, head, type Timeline, write } from "./timeline.ts";

export interface Manner {
  readonly wire: Wire;
  readonly isStreaming: boolean;
}

/** A scripted fault and what a caller must make of it. */
export interface Fault {
  readonly name: string;
  readonly play: (manner: Manner) => Timeline;
  readonly expected: (manner: Manner) => FailureClass;
  /** Wait that must be read, in ms; a pair is a range, for dates. */
  readonly waitMs?: number | readonly [number, number];
  /** Whether the call may have been billed. */
  readonly sent: boolean;
  /** It is seen by its silence, before the call's own deadline. */
  readonly isSilence?: boolean;
  /** Manners in which it exists; all where absent. */
  readonly only?: (manner: Manner) => boolean;
}

export const always =
  (failure: FailureClass): Fault["expected"] =>
  () =>
    failure;

/** What is said before it breaks. */
export const SPEECH = say("The answer has several pieces, so that it can be cut between any two of them.");

/** A page of a gateway, whose words say something else. */
export const html = (status: number): Timeline => [
  head(status, { "content-type": "text/html" }),
  write("<!doctype html><title>429 rate limit, context length exceeded</title>"),
  END,
];

/** The head of an answer that begins well. */
export const headOf = ({ isStreaming }: Manner, more: Readonly<Record<string, string>> = {}): Beat =>
  head(200, { ...(isStreaming ? STREAM_HEAD : JSON_HEAD), ...more });
