import type { OutsideHead, TakePiece } from "../../platform/egress.ts";
import { type AnswerDraft, addEvent, makeDraft } from "./answer-draft.ts";
import { makeEventStreamReader } from "./event-stream.ts";
import type { WireError, WireFormat } from "./wire.ts";

/** Enough for any error that a program wrote; a longer one is classed by its status. */
const ERROR_LIMIT_BYTES = 65_536;

export interface ReadAnswer {
  readonly draft: AnswerDraft;
  /** What the head says the body is: an error by its status, a stream of events, or one JSON value. */
  readonly mode: "error" | "events" | "body";
  /** Something in it should be JSON and is not. */
  readonly isBroken: boolean;
  /** Of the error that the body tells, under whatever status. */
  readonly error: WireError | null;
}

export interface AnswerReader {
  readonly take: TakePiece;
  /** What the pieces taken so far come to. */
  readonly read: (head: OutsideHead) => ReadAnswer;
}

function modeOf({ status, headers }: OutsideHead): ReadAnswer["mode"] {
  if (status < 200 || status > 299) return "error";
  return /^\s*text\/event-stream\b/i.test(headers.get("content-type") ?? "") ? "events" : "body";
}

const NOT_JSON = Symbol("not JSON");

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return NOT_JSON;
  }
}

/** Takes an answer in this wire format piece by piece; reads it by what it says it is, not by what was asked for. */
export function makeAnswerReader(format: WireFormat): AnswerReader {
  const draft = makeDraft();
  const events = makeEventStreamReader();
  const decoder = new TextDecoder();
  const texts: string[] = [];
  let [isBroken, bytes] = [false, 0];

  /** Whether more is wanted after this event. */
  const takeEvent = (data: string): boolean => {
    if (data === format.doneMark) return false;
    // Some gateways keep a connection alive so.
    if (data.trim() === "") return true;
    const value = parse(data);
    isBroken ||= value === NOT_JSON;
    if (isBroken) return false;
    for (const event of format.readEvent(value)) addEvent(draft, event);
    return !draft.isDone && draft.error === null;
  };

  const read = (head: OutsideHead): ReadAnswer => {
    const mode = modeOf(head);
    if (mode === "events") return { draft, mode, isBroken, error: draft.error };
    const value = parse(texts.join("") + decoder.decode());
    if (value === NOT_JSON) return { draft, mode, isBroken: true, error: null };
    if (mode === "error") return { draft, mode, isBroken: false, error: format.readError(value) };
    for (const event of format.readBody(value)) addEvent(draft, event);
    return { draft, mode, isBroken: false, error: draft.error };
  };

  const take: TakePiece = (piece, head) => {
    bytes += piece.byteLength;
    const mode = modeOf(head);
    if (mode === "events") return events.push(piece).every(takeEvent);
    texts.push(decoder.decode(piece, { stream: true }));
    return mode === "body" || bytes < ERROR_LIMIT_BYTES;
  };
  return { take, read };
}
