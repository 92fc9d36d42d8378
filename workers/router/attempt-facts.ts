import type { Effort } from "../../shared/catalog/model.ts";
import { attemptSequence } from "../../shared/run/attempts.ts";
import type { AttemptWork } from "../../shared/run/run-attempts.ts";
import type { TaskType } from "../../shared/task/labels.ts";
import type { DecisionRecord } from "../platform/d1/decisions-store.ts";

/** What an observation of an attempt vouches for: the model, its task type, the P predicted for its turn, and its price. */
export interface AttemptFacts {
  readonly modelId: string;
  readonly effort: Effort;
  readonly taskType: TaskType;
  readonly predictedP: number;
  readonly costMicroUsd: number | null;
}

/**
 * Facts of one attempt. Where a run did it and a fallback answered, they are the fallback's, by what was expected of it in that
 * turn: its merit, or fault, is not the pick's. `work` null = no run did it.
 */
export function toAttemptFacts(
  { id, core, classification }: DecisionRecord,
  attempt: number,
  work: AttemptWork | null,
): AttemptFacts {
  const tried = attemptSequence(core)[attempt];
  if (tried === undefined) throw new Error(`decision ${id} stands at an attempt that it does not have`);
  const author = work?.author ?? null;
  const standIn = author === null || author.model === tried.model ? undefined : findStandIn(tried.fallbacks, author);
  return {
    modelId: standIn?.model ?? tried.model,
    effort: standIn?.effort ?? tried.effort,
    taskType: classification.task_type.label,
    predictedP: standIn?.expected.success ?? tried.expectedInTurn.success,
    costMicroUsd: work?.costMicroUsd ?? null,
  };
}

type Named = { readonly model: string; readonly effort: string };

const findStandIn = <T extends Named>(fallbacks: readonly T[], author: Named): T | undefined =>
  fallbacks.find(({ model, effort }) => model === author.model && effort === author.effort);
