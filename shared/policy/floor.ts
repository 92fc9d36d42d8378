import type { Classification } from "../task/classification.ts";
import type { Candidate } from "./candidate.ts";
import type { DecisionCore } from "./decision.ts";
import { isHighRisk } from "./gate.ts";
import type { Policy } from "./policy.ts";

export interface Floored {
  readonly candidates: readonly Candidate[];
  readonly floor: DecisionCore["floor"];
}

/**
 * Largest allowed shortfall of P from the best reachable P; null where no floor applies. Hard and high risk: the
 * smaller. A label whose head abstained says nothing of how hard the task is.
 */
function toMargin(classification: Classification, policy: Policy): number | null {
  if (!policy.floor.enabled) return null;
  const { complexity, abstained_heads } = classification;
  const isHard = complexity.label === "hard" && !abstained_heads.includes("complexity");
  const margins = [
    ...(isHard ? [policy.floor.hardMargin] : []),
    ...(isHighRisk(classification) ? [policy.floor.highRiskMargin] : []),
  ];
  return margins.length === 0 ? null : Math.min(...margins);
}

/** Drops candidates whose P is too far under the best reachable one. The best itself always stays, so the list never empties. */
export function applyFloor(candidates: readonly Candidate[], classification: Classification, policy: Policy): Floored {
  const best = candidates.reduce((top, candidate) => Math.max(top, candidate.success), 0);
  const margin = toMargin(classification, policy);
  if (margin === null) return { candidates, floor: { applied: false, margin, bestSuccess: best } };
  return {
    candidates: candidates.filter((candidate) => candidate.success >= best - margin),
    floor: { applied: true, margin, bestSuccess: best },
  };
}
