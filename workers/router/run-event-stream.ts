import type { Result } from "../../shared/base/result.ts";
import type { RunState } from "../../shared/run/job.ts";
import type { RunEventRow } from "../platform/d1/run-row.ts";
import { toEventBody } from "./present-run.ts";

/** How often the rows are looked at: what a reader notices as "at once" costs a query each time. */
const POLL_MS = 1_000;
/** Proxies close what is silent for half a minute or a minute. */
const HEARTBEAT_MS = 15_000;
/** Then the reader comes again with Last-Event-ID: an invocation may make 1,000 queries, and a look takes two. */
const STREAM_MS = 240_000;
/** What a reader waits before it comes again. */
const RETRY_MS = 2_000;

export interface RunEventSource {
  readonly readEvents: (after: number) => Promise<Result<readonly RunEventRow[]>>;
  readonly nowMs: () => number;
  /** The run's state when the stream was asked for. */
  readonly state: RunState;
}

const ENDS: readonly RunState[] = ["done", "failed", "canceled", "expired"];
/** The state that an event says the run ended in; null for every other event. */
const toEnd = ({ kind }: RunEventRow): RunState | null => ENDS.find((state) => kind === `run_${state}`) ?? null;

const encoder = new TextEncoder();
const wait = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms));

const toFrame = (row: RunEventRow): string =>
  `id: ${row.seq}\nevent: ${row.kind}\ndata: ${JSON.stringify(toEventBody(row))}\n\n`;

/**
 * Server-sent events of a run from `after` on, as they happen, with a comment as heartbeat; ends with an event `end` once
 * the run has, or without one after some minutes or where the rows cannot be read: the reader then comes again.
 */
export function toRunEventStream(source: RunEventSource, after: number): ReadableStream<Uint8Array> {
  const startedMs = source.nowMs();
  let [last, spokeMs, isOpen] = [after, startedMs, true];
  let end = ENDS.find((state) => state === source.state) ?? null;
  const next = async (): Promise<string | null> => {
    while (isOpen && source.nowMs() - startedMs < STREAM_MS) {
      const seen = await source.readEvents(last);
      if (!seen.ok) return null;
      last = seen.value.at(-1)?.seq ?? last;
      end = seen.value.map(toEnd).findLast((state) => state !== null) ?? end;
      const text = seen.value.map(toFrame).join("");
      // What is told after the end, such as a delivery, is still to be seen: only a look that finds nothing ends it.
      if (text === "" && end !== null) {
        isOpen = false;
        return `event: end\ndata: ${JSON.stringify({ status: end })}\n\n`;
      }
      if (text !== "") return text;
      if (source.nowMs() - spokeMs >= HEARTBEAT_MS) return ": still here\n\n";
      await wait(POLL_MS);
    }
    return null;
  };
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`)),
    pull: async (controller) => {
      const text = await next();
      spokeMs = source.nowMs();
      if (text === null) controller.close();
      else controller.enqueue(encoder.encode(text));
    },
    cancel: () => {
      isOpen = false;
    },
  });
}
