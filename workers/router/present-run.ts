import { toUsd } from "../../shared/contract/fields.ts";
import type { RunBody, RunEventBody, RunSummaryBody } from "../../shared/contract/run-answers.ts";
import { isFinalState, type SkipReason } from "../../shared/run/step.ts";
import type { RunCallRow, RunEventRow, RunRow, RunStepRow, RunSummary } from "../platform/d1/run-row.ts";
import { toMode, toStepModel } from "./present-plan.ts";

/** A run with its steps and the calls that were made for it. */
export interface WholeRun {
  readonly run: RunRow;
  readonly steps: readonly RunStepRow[];
  readonly calls: readonly RunCallRow[];
}

const toIso = (atMs: number): string => new Date(atMs).toISOString();
const toIsoOrNull = (atMs: number | null): string | null => (atMs === null ? null : toIso(atMs));

function describeSkip(skipped: SkipReason): string {
  switch (skipped.kind) {
    case "accepted":
      return `an earlier answer was accepted by ${skipped.stepId}`;
    case "cut_off":
      return `the answer of ${skipped.stepId} was cut off, so there was nothing to judge`;
    case "too_few":
      return `${skipped.survivors} answers came, fewer than a merge needs`;
    case "dependency_failed":
      return `${skipped.stepId}, which it needs, failed`;
    case "run_failed":
      return `${skipped.stepId}, without which the run is nothing, failed`;
  }
}

const toTokens = (calls: readonly RunCallRow[]) => ({
  prompt_tokens: calls.reduce((sum, { promptTokens }) => sum + (promptTokens ?? 0), 0),
  completion_tokens: calls.reduce((sum, { completionTokens }) => sum + (completionTokens ?? 0), 0),
});

function toFindingBody({ finding }: RunStepRow): RunBody["steps"][number]["finding"] {
  if (finding === null) return null;
  const { kind, score, accepted, decision } = finding;
  const { escalate, reason, pRight, uncalibrated } = decision;
  return { kind, score, accepted, escalate, reason, p_right: pRight, uncalibrated };
}

function toStepBody(step: RunStepRow, { run, calls }: WholeRun): RunBody["steps"][number] {
  const planned = run.plan.steps.find(({ stepId }) => stepId === step.stepId);
  const { state, skipped } = step.status;
  return {
    id: step.stepId,
    kind: step.kind,
    state,
    depends_on: [...(planned?.dependsOn ?? [])],
    model: step.pick === null ? null : toStepModel(step.pick),
    attempts: step.claims,
    skipped: skipped === null ? null : describeSkip(skipped),
    finding: toFindingBody(step),
    error: step.failure,
    calls: step.calls,
    cost_usd: toUsd(step.costMicroUsd),
    ...toTokens(calls.filter(({ stepId }) => stepId === step.stepId)),
    output_bytes: step.outputBytes,
    started_at: toIsoOrNull(step.startedAtMs),
    finished_at: toIsoOrNull(step.settledAtMs),
  };
}

/** What was not spent because a check accepted before the end of the chain: what going on was expected to take, as it was weighed. */
function toSavedUsd({ run, steps }: WholeRun): number | null {
  if (run.kind !== "cascade") return null;
  const accepting = steps.find(
    ({ status, finding }) => status.state === "done" && finding?.decision.escalate === false,
  );
  const planned = run.plan.steps.find(({ stepId }) => stepId === accepting?.stepId);
  return toUsd(planned?.escalation?.nextCostMicroUsd ?? 0);
}

export function toCostBody(whole: WholeRun): RunBody["cost"] {
  const { capMicroUsd, spentMicroUsd, reservedMicroUsd, overrunMicroUsd, frozen } = whole.run.budget;
  return {
    cap_usd: toUsd(capMicroUsd),
    spent_usd: toUsd(spentMicroUsd),
    reserved_usd: toUsd(reservedMicroUsd),
    overrun_usd: toUsd(overrunMicroUsd),
    frozen,
    ...toTokens(whole.calls),
    saved_usd: toSavedUsd(whole),
  };
}

function toProgress({ run, steps }: WholeRun): RunBody["progress"] {
  const isWork = (id: string): boolean => run.plan.steps.find(({ stepId }) => stepId === id)?.needs.kind !== "ended";
  const states = steps.filter(({ stepId }) => isWork(stepId)).map(({ status }) => status.state);
  const count = (...wanted: readonly string[]): number => states.filter((state) => wanted.includes(state)).length;
  const ended = states.filter(isFinalState).length;
  return {
    total: states.length,
    done: count("done"),
    running: count("running"),
    failed: count("failed", "canceled", "expired"),
    skipped: count("skipped"),
    percent: states.length === 0 ? 0 : Math.floor((100 * ended) / states.length),
  };
}

const toHead = ({
  runId,
  state,
  kind,
  decisionId,
  taskId,
  createdAtMs,
  updatedAtMs,
  endedAtMs,
}: RunSummary | RunRow) => ({
  id: runId,
  status: state,
  mode: toMode(kind),
  decision_id: decisionId,
  task_id: taskId,
  created_at: toIso(createdAtMs),
  updated_at: toIso(updatedAtMs),
  finished_at: toIsoOrNull(endedAtMs),
});

/** One row of GET /api/runs */
export const toSummaryBody = (run: RunSummary): RunSummaryBody => ({
  ...toHead(run),
  cap_usd: toUsd(run.capMicroUsd),
  spent_usd: toUsd(run.spentMicroUsd),
});

/** GET /api/runs/:id; the reason of the gate is the decision's, null where nobody has to look. */
export function toRunBody(whole: WholeRun, gateReason: string | null): RunBody {
  const { run, steps } = whole;
  return {
    ...toHead(run),
    gate: {
      requires_approval: run.requiresApproval || run.state === "awaiting_approval",
      reason: gateReason,
      approval_id: run.approvalId,
    },
    progress: toProgress(whole),
    steps: steps.map((step) => toStepBody(step, whole)),
    cost: toCostBody(whole),
    notes: [...run.plan.notes],
    deadline_at: toIsoOrNull(run.deadlineAtMs),
    waits_until: toIsoOrNull(run.waitUntilMs),
  };
}

export const toEventBody = ({ seq, atMs, kind, stepId, data }: RunEventRow): RunEventBody => ({
  id: seq,
  at: toIso(atMs),
  type: kind,
  step_id: stepId,
  detail: { ...data },
});
