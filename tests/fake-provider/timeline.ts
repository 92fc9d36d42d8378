import type { ServerResponse } from "node:http";

/** One thing that a scripted provider does with a connection; a timeline is a list of them. */
export type Beat =
  | { readonly do: "wait"; readonly ms: number }
  /** Goes on once the test says so. */
  | { readonly do: "await"; readonly reached: Promise<void> }
  /** `untilClose`: neither length nor chunks, so that the end of the connection is the end of the body. */
  | {
      readonly do: "head";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly untilClose?: boolean;
    }
  | { readonly do: "write"; readonly bytes: string | Uint8Array }
  /** The same piece again and again, until the other side has enough. */
  | { readonly do: "repeat"; readonly bytes: string; readonly times: number; readonly everyMs: number }
  | { readonly do: "end" }
  /** Cuts the connection as a crashed process does. */
  | { readonly do: "reset" }
  /** Closes this half of the connection cleanly, whatever was promised. */
  | { readonly do: "fin" }
  /** Bytes past the HTTP layer. */
  | { readonly do: "raw"; readonly bytes: string }
  /** Says nothing more and keeps the connection. */
  | { readonly do: "hang" };

export type Timeline = readonly Beat[];

export const wait = (ms: number): Beat => ({ do: "wait", ms });
export const until = (reached: Promise<void>): Beat => ({ do: "await", reached });
export const head = (status: number, headers: Readonly<Record<string, string>> = {}): Beat => ({
  do: "head",
  status,
  headers,
});
export const write = (bytes: string | Uint8Array): Beat => ({ do: "write", bytes });
export const END: Beat = { do: "end" };
export const RESET: Beat = { do: "reset" };
export const FIN: Beat = { do: "fin" };
export const HANG: Beat = { do: "hang" };

const pause = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms));

const writeOut = (response: ServerResponse, bytes: string | Uint8Array): Promise<void> =>
  new Promise((go) => response.write(bytes, () => go()));

async function perform(beat: Beat, response: ServerResponse): Promise<void> {
  switch (beat.do) {
    case "wait":
      return pause(beat.ms);
    case "await":
      return beat.reached;
    case "head": {
      if (beat.untilClose === true) {
        response.useChunkedEncodingByDefault = false;
        response.shouldKeepAlive = false;
      }
      response.writeHead(beat.status, beat.headers);
      response.flushHeaders();
      return;
    }
    case "write":
      return writeOut(response, beat.bytes);
    case "repeat":
      for (let i = 0; i < beat.times && !response.destroyed; i++) {
        await writeOut(response, beat.bytes);
        if (beat.everyMs > 0) await pause(beat.everyMs);
      }
      return;
    case "end":
      response.end();
      return;
    case "reset":
      response.socket?.resetAndDestroy();
      return;
    case "fin":
      response.socket?.end();
      return;
    case "raw":
      response.socket?.write(beat.bytes);
      return;
    case "hang":
  }
}

/** Plays a timeline to its end, or until the other side is gone. */
export async function play(timeline: Timeline, response: ServerResponse): Promise<void> {
  for (const beat of timeline) {
    if (response.destroyed || response.socket?.destroyed === true) return;
    await perform(beat, response);
  }
}
