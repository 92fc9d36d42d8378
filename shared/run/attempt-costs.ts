import type { DecisionCore } from "../policy/decision.ts";
import { attemptSequence } from "./attempts.ts";
import { type PaidMicroUsd, toSpentMicroUsd } from "./spent-on-attempts.ts";

/** Provider money of a decision's attempts, integer micro-dollars: expected, but for what is known to have been paid. */
export interface AttemptCosts {
  /** Of attempts 0 to `attempt`. */
  readonly attemptsMicroUsd: number;
  /** How many of them were counted by what was paid. */
  readonly paidAttempts: number;
  readonly nextMicroUsd: number | null;
  /** A first attempt by the strongest model of the cost-quality hull at the kickoff: what escalation is compared with. */
  readonly strongest: { readonly model: string; readonly microUsd: number };
}

/** What the attempts up to `attempt` cost, what the next is expected to, and what the strongest model would have at once. */
export function toAttemptCosts(core: DecisionCore, attempt: number, paid: PaidMicroUsd): AttemptCosts {
  const sequence = attemptSequence(core);
  const strongest = [...core.alternatives, core.pick].reduce((best, pick) =>
    pick.expected.success > best.expected.success ? pick : best,
  );
  return {
    attemptsMicroUsd: toSpentMicroUsd(sequence, attempt, paid),
    paidAttempts: sequence.slice(0, attempt + 1).filter((_, at) => paid.has(at)).length,
    nextMicroUsd: sequence[attempt + 1]?.expectedInTurn.costMicroUsd ?? null,
    strongest: { model: strongest.model, microUsd: strongest.expected.costMicroUsd },
  };
}
