import type { DecisionCore } from "../../policy/decision.ts";
import type { RunMode } from "../../policy/policy.ts";
import { attemptSequence } from "../attempts.ts";

/** A chain is at most this long (the decision's own search stops there too). */
const CHAIN_MOST = 3;

/**
 * The decision as a run of `mode` takes it up at an attempt: models that were rejected before it are not asked again. A
 * cascade that was not decided as one climbs by the models that the decision names for after a rejection.
 */
export function toStandingCore(core: DecisionCore, attempt: number, mode: RunMode): DecisionCore {
  const sequence = attemptSequence(core).slice(attempt);
  const [first, ...rest] = sequence;
  if (first === undefined) throw new RangeError(`the decision has no attempt ${attempt}`);
  const isDecidedChain = core.mode === "cascade" && attempt < core.chain.length;
  const most = isDecidedChain ? core.chain.length - attempt : CHAIN_MOST;
  const chain = mode === "cascade" ? sequence.slice(0, most) : [first];
  if (attempt === 0) return { ...core, chain: mode === core.mode ? core.chain : chain };
  return { ...core, pick: first, chain, escalation: rest, alternatives: [] };
}
