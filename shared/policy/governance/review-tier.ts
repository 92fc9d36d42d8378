import { ok, type Result } from "../../base/result.ts";
import { type AgentQuery, type AgentResolution, resolveAgent } from "./resolve-agent.ts";
import { type ComplexityTier, type RoutingFile, toStem } from "./routing-file.ts";

/** One risk a plan names; any other word than the compared ones counts as not applicable, not HIGH or not resolved. */
export interface RiskReview {
  readonly category: string;
  readonly applicability: string;
  readonly impact: string;
  readonly disposition: string;
}

export const PLAN_REVIEWERS = ["PlanAuditor", "AssumptionVerifier", "ExecutabilityVerifier"] as const;
export type PlanReviewer = (typeof PLAN_REVIEWERS)[number];

/** Review agents of a file that names none: the plan's reviewers and the reviewer of code. */
const DEFAULT_REVIEW_AGENTS = [...PLAN_REVIEWERS, "CodeReviewer"].map((name) => `${name}-subagent`);
/** How many of PLAN_REVIEWERS a tier asks for, and how often a plan may come back. */
const PIPELINE: Readonly<Record<ComplexityTier, { readonly reviewers: number; readonly maxIterations: number }>> = {
  TRIVIAL: { reviewers: 0, maxIterations: 2 },
  SMALL: { reviewers: 1, maxIterations: 2 },
  MEDIUM: { reviewers: 2, maxIterations: 5 },
  LARGE: { reviewers: 3, maxIterations: 5 },
};

export const hasOpenHighRisk = (risks: readonly RiskReview[]): boolean =>
  risks.some(
    ({ applicability, impact, disposition }) =>
      applicability === "applicable" && impact === "HIGH" && disposition !== "resolved",
  );

export interface ReviewPipeline {
  readonly reviewers: readonly PlanReviewer[];
  readonly planReviewSkipped: boolean;
  readonly maxIterations: number;
  /** Code is reviewed at every tier. */
  readonly codeReview: true;
}

/** Who reviews a plan of this effective review tier. */
export function planReviewPipeline(tier: ComplexityTier): ReviewPipeline {
  const { reviewers, maxIterations } = PIPELINE[tier];
  return {
    reviewers: PLAN_REVIEWERS.slice(0, reviewers),
    planReviewSkipped: reviewers === 0,
    maxIterations,
    codeReview: true,
  };
}

export interface EffectiveReviewTier extends ReviewPipeline {
  readonly effectiveReviewTier: ComplexityTier;
  /** True where an open HIGH risk set it, whatever the plan's own tier is. */
  readonly override: boolean;
}

/** The tier reviews are held at: the plan's own, or LARGE while a HIGH risk is open. */
export function effectiveReviewTier(tier: ComplexityTier, risks: readonly RiskReview[]): EffectiveReviewTier {
  const override = hasOpenHighRisk(risks);
  const effective = override ? "LARGE" : tier;
  return { effectiveReviewTier: effective, override, ...planReviewPipeline(effective) };
}

export const isReviewAgent = (file: RoutingFile, agent: string): boolean =>
  (file.review_agents?.map(toStem) ?? DEFAULT_REVIEW_AGENTS).includes(toStem(agent));

export interface ReviewedResolution extends AgentResolution {
  readonly tierUsed: ComplexityTier | null;
  readonly overrideReason: "unresolved_high_risk" | null;
}

/** As resolveAgent(), with review agents lifted to LARGE while a HIGH risk is open; all others keep their tier. */
export function resolveReviewed(
  file: RoutingFile,
  query: AgentQuery & { readonly risks: readonly RiskReview[] },
): Result<ReviewedResolution> {
  const isLifted = hasOpenHighRisk(query.risks) && isReviewAgent(file, query.agent);
  const own = resolveAgent(file, query);
  const found = isLifted && own.ok ? resolveAgent(file, { ...query, tier: "LARGE" }) : own;
  if (!found.ok) return found;
  return ok({
    ...found.value,
    tierUsed: found.value.tier,
    overrideReason: isLifted ? "unresolved_high_risk" : null,
  });
}

export interface PlanFacts {
  readonly phaseCount: number;
  /** In [0,1]. */
  readonly confidence: number;
  readonly destructive: boolean;
  readonly risks: readonly RiskReview[];
}

/** A plan is reviewed from this many phases on, and where it is less sure of itself than this. */
const REVIEW_FROM_PHASES = 3;
const REVIEW_BELOW_CONFIDENCE = 0.9;

export interface PlanReviewTrigger {
  readonly trigger: boolean;
  /** The first that holds, in this order. */
  readonly reason: "phase_count" | "confidence" | "destructive_scope" | "semantic_risk" | null;
}

/** Whether a plan has to be reviewed at all, and what for. */
export function planReviewTrigger(plan: PlanFacts): PlanReviewTrigger {
  const reasons = [
    plan.phaseCount >= REVIEW_FROM_PHASES && "phase_count",
    plan.confidence < REVIEW_BELOW_CONFIDENCE && "confidence",
    plan.destructive && "destructive_scope",
    hasOpenHighRisk(plan.risks) && "semantic_risk",
  ] as const;
  const reason = reasons.find((name) => name !== false);
  return { trigger: reason !== undefined, reason: reason || null };
}

/** Fewer gains than this share in each of the last two rounds is standing still, from the third iteration on. */
const STAGNANT_BELOW_GAIN = 0.05;

/** `scores` are the reviews' marks so far, oldest first, one per iteration; a stagnant plan waits for approval. */
export function isStagnant(scores: readonly number[]): boolean {
  const [before, middle, last] = scores.slice(-3);
  if (before === undefined || middle === undefined || last === undefined) return false;
  return [
    [before, middle],
    [middle, last],
  ].every(([from = 0, to = 0]) => to - from < STAGNANT_BELOW_GAIN * Math.abs(from));
}
