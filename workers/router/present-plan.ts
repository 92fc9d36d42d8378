import { toUsd } from "../../shared/contract/fields.ts";
import type { RunCreatedBody, RunPreviewBody } from "../../shared/contract/run-answers.ts";
import { RUN_MODES } from "../../shared/policy/policy.ts";
import type { Plan, RunKind } from "../../shared/run/job.ts";
import type { StepPick } from "../../shared/run/step.ts";
import type { PreparedRun } from "./prepare-run.ts";

type PlannedBody = Omit<RunPreviewBody, "dry_run" | "fits_cap">;

/** A run that a door shows has a mode; a probe is no such run. */
export function toMode(kind: RunKind): (typeof RUN_MODES)[number] {
  const mode = RUN_MODES.find((known) => known === kind);
  if (mode === undefined) throw new Error(`a run of kind ${kind} has no mode`);
  return mode;
}

export const toStepModel = ({ model, effort, provider }: StepPick) => ({ model, effort, provider });

/** The wave of each step: one after the last of those that it depends on. */
function toWaves({ steps }: Plan): ReadonlyMap<string, number> {
  const waves = new Map<string, number>();
  // Steps stand after all that they depend on.
  for (const { stepId, dependsOn } of steps)
    waves.set(stepId, Math.max(-1, ...dependsOn.map((id) => waves.get(id) ?? 0)) + 1);
  return waves;
}

function toPlanBody(plan: Plan): PlannedBody["plan"] {
  const waves = toWaves(plan);
  const last = Math.max(0, ...waves.values());
  return {
    steps: plan.steps.map(({ stepId, kind, dependsOn, needs, pick, fallbacks }) => ({
      id: stepId,
      kind,
      depends_on: [...dependsOn],
      wave: needs.kind === "ended" ? last + 1 : (waves.get(stepId) ?? 0),
      model: pick === null ? null : toStepModel(pick),
      fallbacks: fallbacks.map(toStepModel),
    })),
    max_parallel: plan.maxParallel,
    notes: [...plan.notes],
  };
}

const isComplete = ({ notes }: Plan): boolean => !notes.includes("parts_to_come");

function toPlannedBody({
  record,
  plan,
  gate,
  cost,
  expectedMicroUsd,
  capMicroUsd,
  warnings,
}: PreparedRun): PlannedBody {
  return {
    mode: toMode(plan.mode),
    decision_id: record.id,
    cap_usd: toUsd(capMicroUsd),
    gate: { requires_approval: gate.requiresApproval, reason: gate.reason, approval_id: null },
    plan: toPlanBody(plan),
    estimate: {
      expected_usd: toUsd(expectedMicroUsd),
      worst_usd: toUsd(cost.worstMicroUsd),
      worst_with_fallbacks_usd: toUsd(cost.worstWithFallbacksMicroUsd),
      unpriced: [...cost.unpriced],
      complete: isComplete(plan),
    },
    warnings: [...warnings],
  };
}

/** POST /api/runs?dry_run=1 */
export const toPreviewBody = (run: PreparedRun): RunPreviewBody => ({
  dry_run: true,
  fits_cap: isComplete(run.plan) && run.cost.worstMicroUsd <= run.capMicroUsd,
  ...toPlannedBody(run),
});

/** POST /api/runs: as it was stored. */
export function toCreatedBody(
  run: PreparedRun,
  as: {
    readonly runId: string;
    readonly status: RunCreatedBody["status"];
    /** Of the decision, given before; null = none yet. */
    readonly approvalId: string | null;
    readonly nowMs: number;
  },
): RunCreatedBody {
  const planned = toPlannedBody(run);
  return {
    id: as.runId,
    status: as.status,
    created_at: new Date(as.nowMs).toISOString(),
    ...planned,
    gate: { ...planned.gate, approval_id: as.approvalId },
  };
}
