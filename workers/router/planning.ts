import { toUsd } from "../../shared/contract/fields.ts";
import type { CreateRunBody } from "../../shared/contract/run-requests.ts";
import type { PlanningFacts, RunTexts } from "../platform/d1/run-row.ts";
import type { PartsCommand } from "./decide-parts.ts";

/** What a run keeps so that the parts which a model makes are decided as asked: facts open, words sealed. */
export interface Planning {
  readonly facts: PlanningFacts;
  readonly words: NonNullable<RunTexts["planning"]>;
}

/** null where the parts are known before the run is accepted, or there are none. */
export function toPlanning({ planner, merge, role }: CreateRunBody, asked: PartsCommand): Planning | null {
  if (planner !== "llm") return null;
  const { request, task, stack, governance } = asked;
  return {
    facts: { request, governance, mergeModel: merge?.model ?? null },
    words: { task, stack, ...(role === undefined ? {} : { role }) },
  };
}

/** What a reader of its estimate must know. */
export const toPlanningWarning = (capMicroUsd: number): string =>
  `Only the plan step is priced: a model makes the parts, and what they cost is not known before. Each call is reserved under the cap of $${toUsd(capMicroUsd)} before it is made; at the cap the run pauses and keeps what it has.`;
