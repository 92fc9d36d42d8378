import type { Result } from "../../base/result.ts";
import type { Plan } from "../job.ts";
import { orderParts, type PartsInput, planParts } from "./swarm.ts";

/**
 * Parts one after the other: each waits for the one before it, and is shown that one's result and what else it says
 * it needs. A part that fails takes those after it with it; what was done is merged.
 * Fault: malformed_data as for planSwarm().
 */
export function planSequence(input: PartsInput): Result<Plan> {
  const ordered = orderParts(input.parts);
  if (!ordered.ok) return ordered;
  const parts = ordered.value.map((part, i) => {
    const before = ordered.value[i - 1];
    return before === undefined ? part : { ...part, dependsOn: [...new Set([...part.dependsOn, before.id])] };
  });
  return planParts("plan", { ...input, parts });
}
