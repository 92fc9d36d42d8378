import { clamp } from "../../base/stats.ts";
import type { DecisionCore, Pick } from "../../policy/decision.ts";
import type { Plan } from "../job.ts";
import { OUTPUT_TOKENS, READ_BYTES, RUN_LIMITS } from "../run-limits.ts";
import type { PlannedStep } from "../step.ts";
import { compareByStrength, toDiversePicks, toKnownPicks } from "./known-picks.ts";
import { toCallStep, toDeliverStep, toStepPick } from "./planned-call.ts";
import { type PlanOptions, planSingle } from "./single.ts";

/** A merge of one answer would be a paid copy. */
const LEAST_TO_MERGE = 2;

/** Joins the answers of `authors`; done by the strongest model there is, which does not see whose answer is whose. */
export function toMergeStep(
  authors: readonly PlannedStep[],
  known: readonly Pick[],
  as: "candidate" | "earlier_result",
): PlannedStep {
  const [pick, ...others] = [...known].sort(compareByStrength);
  if (pick === undefined) throw new Error("a decision names a model");
  const maxBytes = Math.min(READ_BYTES.candidate, Math.floor(READ_BYTES.mergeTotal / authors.length));
  return toCallStep({
    stepId: "merge",
    kind: "merge",
    dependsOn: authors.map(({ stepId }) => stepId),
    needs: { kind: "some", atLeast: LEAST_TO_MERGE },
    pick: toStepPick(pick),
    fallbacks: others.slice(0, 2).map(toStepPick),
    reads: authors.map(({ stepId }) => ({ stepId, as, maxBytes })),
    maxOutputTokens: OUTPUT_TOKENS.merge,
  });
}

/**
 * The same task by several models of different makers at once, then one answer made of theirs. `count` is held to what
 * a run may have; with one model left it is a single call. A call that cannot be made has no stand-in that another
 * call of the run uses: two answers of one model are no second opinion.
 */
export function planCollective(
  core: DecisionCore,
  { count, ...options }: PlanOptions & { readonly count: number },
): Plan {
  const known = toKnownPicks(core);
  const { least, most } = RUN_LIMITS.collective;
  const picks = toDiversePicks(known, clamp(Math.round(count), least, most));
  if (picks.length < least) return { ...planSingle(core, options, ["one_model_left"]), mode: "collective" };
  const spare = known.filter((one) => !picks.includes(one));
  const calls = picks.map((pick, i) =>
    toCallStep({
      stepId: `call-${i + 1}`,
      pick: toStepPick(pick),
      // Dealt in turn, so that no two calls fall back to the same model.
      fallbacks: spare.filter((_, s) => s % picks.length === i).map(toStepPick),
    }),
  );
  const merge = toMergeStep(calls, known, "candidate");
  const vendors = new Set(picks.map(({ vendor }) => vendor));
  return {
    mode: "collective",
    steps: [...calls, merge, ...(options.deliver ? [toDeliverStep("deliver")] : [])],
    result: { prefer: [merge.stepId], otherwise: calls.map(({ stepId }) => stepId) },
    maxParallel: RUN_LIMITS.fanOut,
    notes: vendors.size < picks.length ? ["shared_vendor"] : [],
  };
}
