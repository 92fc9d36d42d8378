import { ok, type Result } from "../../shared/base/result.ts";
import type { CreateRunBody } from "../../shared/contract/run-requests.ts";
import type { RunMode } from "../../shared/policy/policy.ts";
import type { Plan } from "../../shared/run/job.ts";
import type { CastPart } from "../../shared/run/plan/decompose.ts";
import { planByModel } from "../../shared/run/plan/llm-plan.ts";
import { withMergeModel } from "../../shared/run/plan/merge-model.ts";
import { planRun } from "../../shared/run/plan/plan-run.ts";
import { toStandingCore } from "../../shared/run/plan/standing-core.ts";
import { RUN_LIMITS } from "../../shared/run/run-limits.ts";
import type { DecisionRecord } from "../platform/d1/decisions-store.ts";
import type { Planning } from "./planning.ts";
import type { Reach } from "./run-reach.ts";

/** The mode that was asked for, or else that of the decision; past its chain a cascade is one more call. */
function toMode({ mode }: CreateRunBody, { core, attempt }: DecisionRecord): RunMode {
  if (mode !== undefined) return mode;
  return core.mode === "cascade" && attempt >= core.chain.length ? "single" : core.mode;
}

/** What a plan is drawn from beside the request. */
export interface PlanFacts {
  readonly record: DecisionRecord;
  readonly parts: readonly CastPart[];
  readonly reach: Reach;
  readonly planning: Planning | null;
}

/** The steps of the asked mode, under the decision where it stands. Faults: those of the planners. */
export function drawPlan(body: CreateRunBody, { record, parts, reach }: PlanFacts): Result<Plan> {
  const mode = toMode(body, record);
  const core = toStandingCore(record.core, record.attempt, mode);
  const isByModel = body.planner === "llm" && (mode === "plan" || mode === "swarm");
  const deliver = body.callback_url !== undefined;
  const planned = isByModel
    ? ok(planByModel(core, { mode, deliver }))
    : planRun({
        mode,
        core,
        parts,
        count: body.count ?? RUN_LIMITS.collective.usual,
        verifier: body.verifier ?? "judge",
        verifierJ: reach.measured?.j ?? null,
        handOn: { answer: body.hand_on?.answer ?? true, reasons: body.hand_on?.reasons ?? true },
        deliver,
      });
  if (!planned.ok) return planned;
  const wanted = body.merge?.model;
  return wanted === undefined ? planned : withMergeModel(planned.value, core, wanted);
}
