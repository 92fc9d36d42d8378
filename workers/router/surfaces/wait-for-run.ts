import * as z from "zod";
import { ok, type Result } from "../../../shared/base/result.ts";
import { RUN_STATE_NAMES, type RunEventBody, runEventSchema } from "../../../shared/contract/run-answers.ts";
import { readAnswer, type ToolWorld } from "./mcp-tool.ts";

/** Events of a page; a run of twenty parts, each tried three times, has about half as many. */
const EVENTS_MOST = "500";

/** States that only somebody else ends, or nobody: there is nothing to wait for. */
const STANDING = RUN_STATE_NAMES.filter((state) => state !== "running");
/** The events that say so. */
const STANDING_EVENTS: ReadonlySet<string> = new Set(STANDING.map((state) => `run_${state}`));

const pageMeta = z.object({ status: z.enum(RUN_STATE_NAMES), last_event_id: z.int() });

interface Seen {
  readonly last: RunEventBody | null;
  readonly lastId: number;
  readonly isStanding: boolean;
}

async function readEvents(runId: string, { call }: ToolWorld): Promise<Result<Seen>> {
  const answer = await call("listRunEvents", { params: { id: runId }, query: { limit: EVENTS_MOST } });
  const events = readAnswer(answer, z.array(runEventSchema));
  if (!events.ok) return events;
  const meta = pageMeta.parse(answer.ok && "meta" in answer.value ? answer.value.meta : undefined);
  return ok({
    last: events.value.at(-1) ?? null,
    lastId: meta.last_event_id,
    isStanding: meta.status !== "running",
  });
}

const describe = ({ type, step_id }: Pick<RunEventBody, "type" | "step_id">): string =>
  step_id === null ? type : `${type} ${step_id}`;

/** Ids and data of the frames in a piece of the stream; comments and the end have no id. */
const toEvents = (text: string): readonly RunEventBody[] =>
  [...text.matchAll(/^id: \d+\nevent: \w+\ndata: (.+)$/gm)].map(([, data = ""]) =>
    runEventSchema.parse(JSON.parse(data)),
  );

/** Reads the stream of the run's events until the run stands, the signal fires or the stream ends. */
async function follow(
  events: ReadableStream<Uint8Array>,
  { signal, tell }: Pick<ToolWorld, "signal" | "tell">,
): Promise<RunEventBody | null> {
  const reader = events.pipeThrough(new TextDecoderStream()).getReader();
  const leave = (): void => void reader.cancel().catch(() => undefined);
  signal.addEventListener("abort", leave, { once: true });
  let last: RunEventBody | null = null;
  try {
    for (let piece = await reader.read(); !piece.done && !signal.aborted; piece = await reader.read()) {
      const seen = toEvents(piece.value);
      last = seen.at(-1) ?? last;
      for (const event of seen) await tell(event.id, describe(event));
      const isEnd = /^event: end$/m.test(piece.value);
      if (isEnd || seen.some(({ type }) => STANDING_EVENTS.has(type))) break;
    }
  } finally {
    signal.removeEventListener("abort", leave);
    leave();
  }
  return last;
}

/**
 * The last event of a run in words, null without any; with `waitS` after waiting for the run's end, or for a state that
 * waits for somebody: it tells where the run stands at once, then each event. It waits on the run's own event stream, whose heartbeat is the one wait there is. Faults: not_found,
 * those of the scope.
 */
export async function waitForRun(
  { runId, waitS }: { readonly runId: string; readonly waitS: number },
  world: ToolWorld,
): Promise<Result<string | null>> {
  const seen = await readEvents(runId, world);
  if (!seen.ok) return seen;
  const { last, lastId, isStanding } = seen.value;
  const known = last === null ? null : describe(last);
  if (waitS === 0 || isStanding) return ok(known);
  const asked = { params: { id: runId }, query: { after: String(lastId) }, headers: { accept: "text/event-stream" } };
  const stream = await world.call("listRunEvents", asked);
  if (!stream.ok) return stream;
  if (!("events" in stream.value)) throw new Error("the stream of a run's events is no stream");
  // At once: a caller knows from the first message on that it is waited for, however near the end is.
  await world.tell(lastId, known ?? "waiting");
  const signal = AbortSignal.any([world.signal, AbortSignal.timeout(waitS * 1_000)]);
  const newest = await follow(stream.value.events, { signal, tell: world.tell });
  return ok(newest === null ? known : describe(newest));
}
