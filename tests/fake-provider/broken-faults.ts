import { gzipSync } from "node:zlib";
import type { FailureClass } from "../../shared/run/model-call.ts";
import { always, type Fault, headOf, html, type Manner, SPEECH } from "./fault.ts";
import { JSON_HEAD, refuse, type Speech, STREAM_HEAD, speak, toBody, toEvents } from "./speech.ts";
import { END, FIN, HANG, head, RESET, wait, write } from "./timeline.ts";

/** The first part of an answer, by bytes. */
const partOf = ({ wire, isStreaming }: Manner, share: number): Buffer => {
  const whole = isStreaming ? toEvents(wire, SPEECH).join("") : JSON.stringify(toBody(wire, SPEECH));
  const bytes = Buffer.from(whole);
  return bytes.subarray(0, Math.floor(bytes.length * share));
};

const body = (name: string, text: string): Fault => ({
  name: `200 with ${name}`,
  play: () => [head(200, JSON_HEAD), ...(text === "" ? [] : [write(text)]), END],
  expected: always("bad_response"),
  sent: true,
});

const speech = (name: string, failure: FailureClass, fields: Partial<Speech>): Fault => ({
  name,
  play: (manner) => speak({ ...SPEECH, ...fields }, manner),
  expected: always(failure),
  sent: true,
});

const NETWORK: readonly Fault[] = [
  { name: "reset before the head", play: () => [RESET], expected: always("network"), sent: false },
  { name: "closed before the head", play: () => [FIN], expected: always("network"), sent: false },
  {
    name: "no HTTP",
    play: () => [{ do: "raw", bytes: "SSH-2.0-nothing\r\n\r\n" }, FIN],
    expected: always("network"),
    sent: false,
  },
  {
    name: "reset before the head, late",
    play: () => [wait(1_100), RESET],
    expected: always("network_after_send"),
    sent: true,
  },
  {
    name: "reset within the body",
    play: (manner) => [headOf(manner), write(partOf(manner, 0.5)), wait(20), RESET],
    expected: always("network_after_send"),
    sent: true,
  },
  {
    name: "shorter than stated",
    play: (manner) => [headOf(manner, { "content-length": "100000" }), write(partOf(manner, 0.5)), FIN],
    expected: always("network_after_send"),
    sent: true,
  },
  {
    name: "cut within a chunk",
    play: (manner) => [headOf(manner), { do: "raw", bytes: "ffff\r\ndata: {" }, FIN],
    expected: always("network_after_send"),
    sent: true,
  },
  {
    name: "closed cleanly within the body",
    play: (manner) => [
      { do: "head", status: 200, headers: manner.isStreaming ? STREAM_HEAD : JSON_HEAD, untilClose: true },
      write(partOf(manner, 0.5)),
      END,
    ],
    expected: ({ isStreaming }) => (isStreaming ? "stream_ended_early" : "bad_response"),
    sent: true,
  },
  {
    name: "a stream that ends without an end",
    play: (manner) => speak({ ...SPEECH, end: "none" }, manner),
    expected: always("stream_ended_early"),
    sent: true,
    only: ({ isStreaming }) => isStreaming,
  },
];

/** Played under short deadlines. */
const SLOW: readonly Fault[] = [
  { name: "no head in time", play: () => [HANG], expected: always("timeout"), sent: true },
  {
    name: "silence after the head",
    play: (manner) => [headOf(manner), HANG],
    expected: always("timeout"),
    sent: true,
    isSilence: true,
  },
  {
    name: "silence within the body",
    play: (manner) => [headOf(manner), write(partOf(manner, 0.4)), HANG],
    expected: always("timeout"),
    sent: true,
    isSilence: true,
  },
  {
    name: "a byte at a time",
    play: (manner) => [headOf(manner), { do: "repeat", bytes: " ", times: 200, everyMs: 30 }, HANG],
    expected: always("timeout"),
    sent: true,
  },
  { name: "408", play: ({ wire }) => refuse(wire, { status: 408 }), expected: always("timeout"), sent: true },
];

const BODIES: readonly Fault[] = [
  body("nothing", ""),
  body("{}", "{}"),
  body("null", "null"),
  body("a list", "[]"),
  body("a number", "NaN"),
  body("no choices", '{"choices":[],"content":[],"candidates":[]}'),
  body("text that is null", '{"choices":[{"message":{"content":null},"finish_reason":"stop"}],"content":null}'),
  body("half a JSON", '{"choices":[{"message":{"content":"half'),
  { name: "200 with HTML", play: () => html(200), expected: always("bad_response"), sent: true },
  speech("no text", "bad_response", { pieces: [] }),
  speech("a call of a tool", "bad_response", { pieces: [], end: "tool", hasToolNoise: true }),
  speech("an end of the future", "bad_response", { end: "unknown" }),
  {
    name: "an event that is no JSON",
    play: (manner) => [headOf(manner), write(toEvents(manner.wire, SPEECH)[1] ?? ""), write("data: {broken\n\n"), HANG],
    expected: always("bad_response"),
    sent: true,
    only: ({ isStreaming }) => isStreaming,
  },
];

const BOMB = gzipSync(Buffer.alloc(8_000_000, 0x20));

/** Played under a cap of 200,000 bytes. */
const SIZES: readonly Fault[] = [
  {
    name: "endless",
    play: (manner) => [headOf(manner), { do: "repeat", bytes: " ".repeat(16_384), times: 10_000, everyMs: 0 }, END],
    expected: always("output_cap"),
    sent: true,
  },
  {
    name: "stated too long",
    play: (manner) => [headOf(manner, { "content-length": "1000000" }), write("{"), HANG],
    expected: always("output_cap"),
    sent: true,
  },
  {
    name: "compressed to a bomb",
    play: (manner) => [headOf(manner, { "content-encoding": "gzip" }), write(BOMB), END],
    expected: always("output_cap"),
    sent: true,
  },
];

const redirect = (status: number): Fault => ({
  name: `redirect ${status}`,
  play: () => [head(status, { location: "/elsewhere/v1/chat/completions" }), END],
  expected: always("redirect_refused"),
  sent: false,
});

/** Faults that nobody tells: broken connections, silence, bodies that are none, redirects. */
export const BROKEN_FAULTS: readonly Fault[] = [
  ...NETWORK,
  ...SLOW,
  ...BODIES,
  ...SIZES,
  ...[301, 302, 303, 307, 308].map(redirect),
];
