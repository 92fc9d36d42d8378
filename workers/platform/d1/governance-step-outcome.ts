import { type PlannedStep, picksOf } from "../../../shared/run/step.ts";
import { judgedStepQuery, stepOutcomeQuery } from "./governance-events-store.ts";
import type { Db } from "./open-db.ts";
import type { LoadedRun } from "./run-load.ts";
import type { TurnEnd } from "./run-settle-store.ts";
import type { Statement } from "./run-write.ts";

/** A step's own end as its role's telemetry tells it; null = it says nothing of the models. */
function toOutcome({ event }: TurnEnd): "success" | "failure" | "waiting" | "open" | null {
  if (event.kind === "done") return event.whole ? "success" : "failure";
  if (event.kind === "planned") return "success";
  if (event.kind === "failed") return "failure";
  if (event.kind === "exhausted") return "waiting";
  return event.kind === "returned" ? "open" : null;
}

/** The governed step whose answer a check is of; undefined where there is none. */
function findJudged({ row }: LoadedRun, checkId: string): PlannedStep | undefined {
  const [judged] = row.plan.steps.find((step) => step.stepId === checkId)?.dependsOn ?? [];
  return row.plan.steps.find(({ stepId, governed }) => stepId === judged && governed !== undefined);
}

/** What a verdict from outside changes in the telemetry of the step that it is of; the last word stands. */
export function toldVerdict(
  db: Db,
  loaded: LoadedRun,
  { stepId, accepted, nowMs }: { readonly stepId: string; readonly accepted: boolean; readonly nowMs: number },
): readonly Statement[] {
  const author = findJudged(loaded, stepId);
  const outcome = accepted ? "success" : "failure";
  const told = { runId: loaded.row.runId, outcome, atMs: nowMs } as const;
  return author === undefined ? [] : [judgedStepQuery(db, { ...told, stepId: author.stepId })];
}

/** What a turn's end changes in the telemetry of its step, and of the step that it judged; for the batch that settles it. */
export function toldOutcome(db: Db, loaded: LoadedRun, end: TurnEnd): readonly Statement[] {
  const { runId, stepId, event, booking, nowMs } = end;
  const planned = loaded.row.plan.steps.find((step) => step.stepId === stepId);
  if (planned === undefined) return [];
  const isRejected = event.kind === "done" && event.escalate === true;
  const rejected = isRejected ? toldVerdict(db, loaded, { stepId, accepted: false, nowMs }) : [];
  const outcome = toOutcome(end);
  if (planned.governed === undefined || outcome === null) return rejected;
  const at = booking === null ? -1 : picksOf(planned).findIndex(({ model }) => model === booking.model);
  const isAnswered = event.kind === "done" || event.kind === "planned";
  const said = {
    ...{ runId, stepId, atMs: nowMs },
    outcome: outcome === "success" || outcome === "failure" ? outcome : null,
    waitingApproval: outcome === "waiting",
    used: isAnswered && booking !== null ? { model: booking.model, standIns: Math.max(0, at) } : null,
    costMicroUsd: booking === null ? 0 : booking.settledMicroUsd + booking.overrunMicroUsd,
  };
  return [...rejected, stepOutcomeQuery(db, said)];
}
