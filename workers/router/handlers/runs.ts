import { fail, ok, type Result } from "../../../shared/base/result.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import type { ArtifactBody } from "../../../shared/contract/run-answers.ts";
import {
  listRunsQuerySchema,
  runEventsQuerySchema,
  runResultQuerySchema,
} from "../../../shared/contract/run-requests.ts";
import type { Handler, HandlerInput } from "../handler.ts";
import { toEventBody, toRunBody, toSummaryBody, type WholeRun } from "../present-run.ts";
import { readRunResult, toArtifactHead } from "../read-run-result.ts";
import { readWholeRun } from "../read-whole-run.ts";
import { parseRunCursor, toRunCursor } from "../run-cursor.ts";
import type { RunKey } from "../run-deps.ts";
import { toRunEventStream } from "../run-event-stream.ts";

const DEFAULT_PAGE = 20;
const EVENTS_PAGE = 100;

export const runKeyOf = ({ principal, params }: HandlerInput): RunKey => ({
  tenantId: principal.tenantId,
  runId: params.id ?? "",
});

/** GET /api/runs: newest first, `meta.next_cursor` to page on (null at the end). */
export const listRuns: Handler = async (input, deps) => {
  const query = parseWith(listRunsQuerySchema, input.query);
  if (!query.ok) return query;
  const { cursor, limit = DEFAULT_PAGE, status = null } = query.value;
  const before = cursor === undefined ? ok(null) : parseRunCursor(cursor);
  if (!before.ok) return before;
  const { tenantId } = input.principal;
  // One row more than asked tells whether there is a next page.
  const rows = await deps.listRuns({ tenantId, before: before.value, limit: limit + 1, state: status });
  if (!rows.ok) return rows;
  const page = rows.value.slice(0, limit);
  const last = rows.value.length > limit ? page.at(-1) : undefined;
  return ok({
    data: page.map(toSummaryBody),
    meta: { next_cursor: last === undefined ? null : toRunCursor(last) },
  });
};

/** Of runs that were stored before reasons were. */
const UNSAID = "A person has to look at this run before it starts.";

/** A step that was tried and awaits approval: the models of its role could not be reached. */
const findExhausted = ({ steps }: WholeRun) =>
  steps.find(({ status, startedAtMs }) => status.state === "awaiting_approval" && startedAtMs !== null);

/** Why a person has to look: models that are gone now, else what was said when it began to wait; null where nobody has to. */
function toGateReason(whole: WholeRun): string | null {
  const { requiresApproval, settings } = whole.run;
  const exhausted = findExhausted(whole);
  if (exhausted !== undefined)
    return `None of the models of ${exhausted.stepId} can be had (${exhausted.failure ?? "lost"}); approved, they are tried anew`;
  return requiresApproval ? (settings.gateReason ?? UNSAID) : null;
}

/** GET /api/runs/:id */
export const getRun: Handler = async (input, deps) => {
  const whole = await readWholeRun(runKeyOf(input), deps);
  return whole.ok ? ok({ data: toRunBody(whole.value, toGateReason(whole.value)) }) : whole;
};

const isStream = (accept: string | null): boolean => (accept ?? "").toLowerCase().includes("text/event-stream");

/** Where to go on: the header that a reader of a stream sends, else `?after=`. Fault: invalid_param. */
function toAfter(input: HandlerInput, after: number | undefined): Result<number> {
  const header = input.header("last-event-id");
  if (header === null || header === "") return ok(after ?? 0);
  if (/^\d{1,12}$/.test(header)) return ok(Number(header));
  const message = "Cannot read Last-Event-ID: expected the id of an earlier event";
  return fail({ kind: "invalid_param", field: "Last-Event-ID", message });
}

/** GET /api/runs/:id/events: a page of them, or the stream. */
export const listRunEvents: Handler = async (input, deps) => {
  const query = parseWith(runEventsQuerySchema, input.query);
  if (!query.ok) return query;
  const after = toAfter(input, query.value.after);
  if (!after.ok) return after;
  const key = runKeyOf(input);
  const run = await deps.readRun(key);
  if (!run.ok) return run;
  const { limit = EVENTS_PAGE } = query.value;
  if (isStream(input.header("accept"))) {
    const readEvents = (from: number) => deps.readRunEvents({ ...key, after: from, limit });
    return ok({ events: toRunEventStream({ readEvents, nowMs: deps.nowMs, state: run.value.state }, after.value) });
  }
  const events = await deps.readRunEvents({ ...key, after: after.value, limit });
  if (!events.ok) return events;
  const last = events.value.at(-1)?.seq ?? after.value;
  return ok({ data: events.value.map(toEventBody), meta: { status: run.value.state, last_event_id: last } });
};

/** GET /api/runs/:id/result */
export const getRunResult: Handler = async (input, deps) => {
  const query = parseWith(runResultQuerySchema, input.query);
  if (!query.ok) return query;
  const whole = await readWholeRun(runKeyOf(input), deps);
  if (!whole.ok) return whole;
  const result = await readRunResult(whole.value, query.value.raw ?? false, deps);
  return result.ok ? ok({ data: result.value }) : result;
};

/** GET /api/runs/:id/steps/:step/artifact. Fault: not_found where the step has none, or it was erased. */
export const getRunArtifact: Handler = async (input, deps) => {
  const steps = await deps.readRunSteps(runKeyOf(input));
  if (!steps.ok) return steps;
  const id = input.params.step ?? "";
  const step = steps.value.find(({ stepId }) => stepId === id);
  const missing = fail({ kind: "not_found", what: "artifact of step", id });
  if (step === undefined || step.outputKey === null) return missing;
  const content = await deps.readOutput(step.outputKey);
  if (!content.ok) return content;
  if (content.value === null) return missing;
  const data: ArtifactBody = { ...toArtifactHead(step), content: content.value };
  return ok({ data });
};
