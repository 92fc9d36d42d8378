import { fail, ok, type Result } from "../../base/result.ts";
import type { DecisionCore } from "../../policy/decision.ts";
import type { Plan } from "../job.ts";
import { READ_BYTES, RUN_LIMITS } from "../run-limits.ts";
import type { PlannedStep } from "../step.ts";
import { toMergeStep } from "./collective.ts";
import { toKnownPicks } from "./known-picks.ts";
import { toCallStep, toDeliverStep, toStepPick } from "./planned-call.ts";
import type { PlanOptions } from "./single.ts";

/** A part of a task with who should do it. */
export interface PlanPart {
  readonly id: string;
  readonly text: string;
  /** Ids of parts whose results it needs. */
  readonly dependsOn: readonly string[];
  readonly decision: DecisionCore;
}

const malformed = (detail: string) => fail({ kind: "malformed_data", what: "parts", detail });

/** Parts with those before them that they need; in the given order wherever that order allows it. Fault: malformed_data. */
export function orderParts<P extends Pick<PlanPart, "id" | "dependsOn">>(parts: readonly P[]): Result<readonly P[]> {
  const ids = new Set(parts.map(({ id }) => id));
  if (ids.size < parts.length) return malformed("two parts share an id");
  const unknown = parts.flatMap(({ dependsOn }) => dependsOn).find((id) => !ids.has(id));
  if (unknown !== undefined) return malformed(`a part depends on ${JSON.stringify(unknown)}, which is none`);
  const placed = new Set<string>();
  const ordered: P[] = [];
  while (ordered.length < parts.length) {
    const next = parts.find(({ id, dependsOn }) => !placed.has(id) && dependsOn.every((before) => placed.has(before)));
    if (next === undefined) return malformed("the parts depend on each other in a circle");
    placed.add(next.id);
    ordered.push(next);
  }
  return ok(ordered);
}

/** Steps of parts; each is shown the results that it depends on, the budget of bytes shared among them. */
export function toPartSteps(parts: readonly PlanPart[]): readonly PlannedStep[] {
  const stepIds = new Map(parts.map(({ id }, i) => [id, `part-${i + 1}`]));
  return parts.map(({ id, dependsOn, decision }, i) => {
    const before = [...new Set(dependsOn)].flatMap((part) => stepIds.get(part) ?? []);
    const maxBytes = Math.floor(READ_BYTES.earlierTotal / Math.max(1, before.length));
    return toCallStep({
      stepId: `part-${i + 1}`,
      dependsOn: before,
      pick: toStepPick(decision.pick),
      fallbacks: (decision.chain[0]?.fallbacks ?? []).map(toStepPick),
      reads: before.map((stepId) => ({
        stepId,
        as: "earlier_result",
        maxBytes: Math.min(maxBytes, READ_BYTES.candidate),
      })),
      partId: id,
    });
  });
}

export interface PartsInput extends PlanOptions {
  /** The decision on the whole task: its models merge. */
  readonly whole: DecisionCore;
  readonly parts: readonly PlanPart[];
}

/** Parts in order, and what joins their results. Fault: malformed_data for no parts, too many, or a circle. */
export function planParts(mode: "plan" | "swarm", { whole, parts, deliver }: PartsInput): Result<Plan> {
  if (parts.length === 0) return malformed("expected one part at least");
  if (parts.length > RUN_LIMITS.partsMost)
    return malformed(`${parts.length} parts: at most ${RUN_LIMITS.partsMost} are planned`);
  const ordered = orderParts(parts);
  if (!ordered.ok) return ordered;
  const steps = toPartSteps(ordered.value);
  const merge = steps.length > 1 ? [toMergeStep(steps, toKnownPicks(whole), "earlier_result")] : [];
  return ok({
    mode,
    steps: [...steps, ...merge, ...(deliver ? [toDeliverStep("deliver")] : [])],
    result: { prefer: merge.map(({ stepId }) => stepId), otherwise: steps.map(({ stepId }) => stepId) },
    maxParallel: RUN_LIMITS.fanOut,
    notes: merge.length === 0 ? ["one_part"] : [],
  });
}

/** Parts as they depend on each other: what is independent runs at once. Fault: malformed_data. */
export const planSwarm = (input: PartsInput): Result<Plan> => planParts("swarm", input);
