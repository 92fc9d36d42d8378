/** The closed lists of labels, in the order of the graph's logits; docs/labels.md says what each one means. */
export const COMPLEXITY_LABELS = ["easy", "medium", "hard"] as const;
export const TASK_TYPE_LABELS = [
  "bugfix",
  "feature",
  "refactor",
  "test",
  "design",
  "docs",
  "migration",
  "exploration",
] as const;
export const RISK_LABELS = ["low", "medium", "high"] as const;

/** What kind of model a free text asks for; coding is one kind among them. */
export const CATEGORY_LABELS = [
  "coding",
  "reasoning",
  "creative",
  "research",
  "vision",
  "fast-cheap",
  "general",
] as const;

export type Category = (typeof CATEGORY_LABELS)[number];
export type Complexity = (typeof COMPLEXITY_LABELS)[number];
export type TaskType = (typeof TASK_TYPE_LABELS)[number];
export type Risk = (typeof RISK_LABELS)[number];

export const HEADS = ["complexity", "task_type", "risk"] as const;
export type Head = (typeof HEADS)[number];

export const COMPLEXITY_SUB_SCORES = [
  "reasoning_depth",
  "scope_breadth",
  "domain_knowledge",
  "spec_completeness",
] as const;
export const RISK_SUB_SCORES = [
  "security_surface",
  "data_sensitivity",
  "production_exposure",
  "reversal_cost",
] as const;
export type ComplexitySubScore = (typeof COMPLEXITY_SUB_SCORES)[number];
export type RiskSubScore = (typeof RISK_SUB_SCORES)[number];
