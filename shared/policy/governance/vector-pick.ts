import { COMPLEXITY_LABELS } from "../../task/labels.ts";
import { type CostOf, toCostOf } from "./cost-tier.ts";
import { describeGoverned } from "./describe-governed.ts";
import { GOVERNANCE_LIMITS } from "./governance-limits.ts";
import { pickGoverned } from "./pick-governed.ts";
import { resolveGoverned } from "./resolve-governed.ts";
import { isOneOf, type RoutingFile } from "./routing-file.ts";
import { toComplexityTier } from "./to-complexity-tier.ts";
import { toRiskReview } from "./to-risk-review.ts";
import type { VectorInput } from "./vector-input.ts";

/** Every name is its own id; those of `strangers` have none, and of those without a price the entry's word is taken. */
function toVectorCosts({ list, record }: VectorInput): CostOf {
  const strangers = list("strangers");
  return toCostOf({
    resolve: (name) =>
      strangers.includes(name)
        ? { unresolved: true, code: "unknown", reason: "a stranger" }
        : { id: name, effort: "default", confidence: 1, rule: "itself" },
    promptPriceOf: (id) => record("prices").amount(id) ?? undefined,
    limits: GOVERNANCE_LIMITS,
  });
}

/** What an agent or a role comes to while some models cannot be run. */
export function pickVector(file: RoutingFile, input: VectorInput): unknown {
  const { text, list, mode } = input;
  const query = { agent: text("agent") ?? null, role: text("role") ?? null, mode, risks: input.risks() };
  const found = resolveGoverned(file, { ...query, tier: text("complexity_tier") ?? null }, toVectorCosts(input));
  if (!found.ok) {
    const { fault } = found;
    return { error: fault.kind === "not_found" ? `unknown_${fault.what}` : fault.kind };
  }
  const unavailable = list("unavailable");
  const pick = pickGoverned(found.value, (id) => (unavailable.includes(id) ? "model_unavailable" : null));
  return {
    ...pick,
    model: pick.model?.model ?? null,
    costTier: pick.model?.costTier ?? null,
    reasons: pick.reasons.map(({ code }) => code),
    tierUsed: found.value.tierUsed,
    main: found.value.main?.agent ?? null,
    says: describeGoverned(found.value, pick),
  };
}

/** The tier of a classified task. */
export function tierVector({ text, amount, flag }: VectorInput): unknown {
  const label = text("complexity");
  const scope_breadth = amount("scope_breadth");
  if (!isOneOf(COMPLEXITY_LABELS, label) || scope_breadth === null)
    throw new TypeError("no complexity and scope_breadth");
  const complexity_sub = { scope_breadth, reasoning_depth: 0, domain_knowledge: 0, spec_completeness: 1 };
  const probabilities = { easy: 0, medium: 0, hard: 0, [label]: 1 };
  return toComplexityTier({
    complexity: { label, confidence: 1, probabilities },
    complexity_sub,
    abstained_heads: flag("abstained") ? ["complexity"] : [],
  });
}

/** The risks of a task that the gate holds back, or does not. */
export function riskVector({ flag, text }: VectorInput): unknown {
  const risks = toRiskReview({ requiresApproval: flag("requires_approval"), reason: "" }, text("approval_id") ?? null);
  return { risks, count: risks.length };
}
