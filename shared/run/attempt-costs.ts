import type { DecisionCore } from "../policy/decision.ts";
import { attemptSequence } from "./attempts.ts";

/** Expected provider money of a decision's attempts, integer micro-dollars. */
export interface AttemptCosts {
  /** Of attempts 0 to `attempt`, each in its turn. */
  readonly attemptsMicroUsd: number;
  readonly nextMicroUsd: number | null;
  /** A first attempt by the strongest model of the cost-quality hull at the kickoff: what escalation is compared with. */
  readonly strongest: { readonly model: string; readonly microUsd: number };
}

/** What the attempts up to `attempt` were expected to cost, what the next would be, and what the strongest model costs at once. */
export function toAttemptCosts(core: DecisionCore, attempt: number): AttemptCosts {
  const sequence = attemptSequence(core);
  const strongest = [...core.alternatives, core.pick].reduce((best, pick) =>
    pick.expected.success > best.expected.success ? pick : best,
  );
  return {
    attemptsMicroUsd: sequence
      .slice(0, attempt + 1)
      .reduce((sum, { expectedInTurn }) => sum + expectedInTurn.costMicroUsd, 0),
    nextMicroUsd: sequence[attempt + 1]?.expectedInTurn.costMicroUsd ?? null,
    strongest: { model: strongest.model, microUsd: strongest.expected.costMicroUsd },
  };
}
