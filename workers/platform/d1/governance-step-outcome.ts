import type { PlannedStep } from "../../../shared/run/step.ts";
import { rejectStepQuery, stepOutcomeQuery } from "./governance-events-store.ts";
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

const picksOf = ({ pick, fallbacks }: PlannedStep) => (pick === null ? [] : [pick, ...fallbacks]);

/** What a turn's end changes in the telemetry of its step, and of the step that it judged; for the batch that settles it. */
export function toldOutcome(db: Db, { row }: LoadedRun, end: TurnEnd): readonly Statement[] {
  const { runId, stepId, event, booking, nowMs } = end;
  const planned = row.plan.steps.find((step) => step.stepId === stepId);
  if (planned === undefined) return [];
  const [judged] = planned.dependsOn;
  const isRejected = event.kind === "done" && event.escalate === true && judged !== undefined;
  const author = isRejected ? row.plan.steps.find((step) => step.stepId === judged) : undefined;
  const rejected =
    author?.governed === undefined ? [] : [rejectStepQuery(db, { runId, stepId: judged ?? "", atMs: nowMs })];
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
