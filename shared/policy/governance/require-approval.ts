import { WAITING_APPROVAL } from "./walk-fallbacks.ts";

/** Actions that nobody undoes: each waits for a person. */
export const APPROVAL_REQUIRED_ACTIONS = [
  "destructive_file_delete",
  "bulk_contract_rewrite",
  "git_force_push",
  "git_reset_hard",
  "drop_table",
  "rm_rf",
  "amend_published_commit",
  "merge_to_protected_branch",
  "push_to_shared_infrastructure",
] as const;

export interface ApprovalRule {
  readonly requiresApproval: boolean;
  readonly state: typeof WAITING_APPROVAL | null;
  readonly event: "HIGH_RISK_APPROVAL_GATE" | null;
  /** What an agent may answer until a person has decided; null = anything. */
  readonly allowedDecisions: readonly ["BLOCKED", "ABSTAIN"] | null;
}

/** Whether an action, or a task of this risk, waits for a person. */
export function requireApproval(asked: { readonly action?: string; readonly riskLevel?: string }): ApprovalRule {
  const isHighRisk = asked.riskLevel?.toLowerCase() === "high";
  const requiresApproval = isHighRisk || APPROVAL_REQUIRED_ACTIONS.some((action) => action === asked.action);
  return {
    requiresApproval,
    state: requiresApproval ? WAITING_APPROVAL : null,
    event: isHighRisk ? "HIGH_RISK_APPROVAL_GATE" : null,
    allowedDecisions: isHighRisk ? ["BLOCKED", "ABSTAIN"] : null,
  };
}

/** What is known of a piece of work when it is asked whether it goes on by itself. */
export interface WorkState {
  readonly allModelsGone: boolean;
  readonly retryBudgetGone: boolean;
  readonly sameClassThreshold: boolean;
  readonly auditRejected: boolean;
  /** Abstentions of one required review. */
  readonly abstentions: number;
  readonly stagnant: boolean;
  readonly compactionFailures: number;
  readonly highRiskAction: boolean;
}

const MAX_COMPACTION_FAILURES = 3;
const ABSTENTIONS = 2;

export type ApprovalTrigger =
  | "models_exhausted"
  | "retry_budget_exhausted"
  | "same_classification_threshold"
  | "audit_rejected"
  | "review_abstained_twice"
  | "stagnation"
  | "compaction_failures"
  | "high_risk_action";

/** Everything that makes work wait for approval; none = it goes on. */
export function approvalTriggers(work: WorkState): readonly ApprovalTrigger[] {
  const holds: Readonly<Record<ApprovalTrigger, boolean>> = {
    models_exhausted: work.allModelsGone,
    retry_budget_exhausted: work.retryBudgetGone,
    same_classification_threshold: work.sameClassThreshold,
    audit_rejected: work.auditRejected,
    review_abstained_twice: work.abstentions >= ABSTENTIONS,
    stagnation: work.stagnant,
    compaction_failures: work.compactionFailures > MAX_COMPACTION_FAILURES,
    high_risk_action: work.highRiskAction,
  };
  return (Object.keys(holds) as ApprovalTrigger[]).filter((trigger) => holds[trigger]);
}
