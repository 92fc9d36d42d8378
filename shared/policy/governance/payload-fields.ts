/** What a field of a delegation payload holds; `min` is of characters, of the number or of entries. */
export type FieldRule =
  | { readonly type: "text"; readonly min: number }
  | { readonly type: "integer"; readonly min: number }
  | { readonly type: "list"; readonly min: number }
  | { readonly type: "enum"; readonly of: readonly string[] }
  | { readonly type: "uuid" }
  | { readonly type: "flag" }
  | { readonly type: "record"; readonly minMembers: number };

export interface TargetFields {
  readonly required: Readonly<Record<string, FieldRule>>;
  readonly optional: Readonly<Record<string, FieldRule>>;
}

const text = (min = 0): FieldRule => ({ type: "text", min });
const integer = (min: number): FieldRule => ({ type: "integer", min });
const list = (min = 0): FieldRule => ({ type: "list", min });
const oneOf = (...of: readonly string[]): FieldRule => ({ type: "enum", of });
const flag: FieldRule = { type: "flag" };
const uuid: FieldRule = { type: "uuid" };

/** Every target may carry these; the card of a phase has seven fields of its own. */
export const COMMON_FIELDS: Readonly<Record<string, FieldRule>> = {
  runtime_model_mode: oneOf("auto", "deterministic"),
  model: text(1),
  resource_profile: { type: "record", minMembers: 0 },
  context_packet: { type: "record", minMembers: 0 },
  phase_task_card: { type: "record", minMembers: 7 },
};

const PHASE = { task_id: text(), phase_id: integer(1) };
const AUDIT = { plan_path: text(1), plan_summary: text(10), trace_id: uuid, iteration_index: integer(0) };

/** The twelve targets of a delegation; who delegates is none of them. */
export const PAYLOAD_TARGETS: Readonly<Record<string, TargetFields>> = {
  "CodeMapper-subagent": {
    required: { scope_description: text(5) },
    optional: { focus_areas: list(), conventions_requested: flag },
  },
  "Researcher-subagent": {
    required: { research_query: text(5) },
    optional: { focus_areas: list(), complexity: oneOf("simple", "medium", "complex") },
  },
  Planner: {
    required: { task_description: text(10) },
    optional: {
      constraints: list(),
      context_refs: list(),
      revision_mode: oneOf("in_place_update", "new_artifact_supersession"),
      revision_reason: text(1),
      active_plan_path: text(1),
      trace_id: uuid,
      iteration_index: integer(0),
    },
  },
  "CoreImplementer-subagent": {
    required: { ...PHASE, task_definition: text(10) },
    optional: { context_files: list() },
  },
  "UIImplementer-subagent": { required: { ...PHASE, task_definition: text(10) }, optional: { design_refs: list() } },
  "PlatformEngineer-subagent": {
    required: { ...PHASE, environment: oneOf("development", "staging", "production") },
    optional: { task_definition: text(), requires_approval: flag, security_sensitive: flag },
  },
  "TechnicalWriter-subagent": {
    required: { ...PHASE, task_type: oneOf("documentation", "walkthrough", "update") },
    optional: { audience: oneOf("developers", "end_users", "stakeholders"), coverage_matrix: list() },
  },
  "BrowserTester-subagent": {
    required: PHASE,
    optional: { target_url: text(), health_endpoint: text(), validation_matrix: list() },
  },
  "CodeReviewer-subagent": {
    required: { phase_id: integer(0), changed_files: list(1) },
    optional: {
      review_depth: oneOf("full", "standard", "lightweight"),
      security_sensitive: flag,
      review_scope: oneOf("phase", "wave", "final"),
      review_mode: oneOf("standard", "security"),
      plan_phases_snapshot: list(),
      prior_phase_findings: list(),
    },
  },
  "PlanAuditor-subagent": {
    required: { task_id: text(), ...AUDIT },
    optional: { focus_areas: list(), retry_attempt: integer(0) },
  },
  "AssumptionVerifier-subagent": { required: AUDIT, optional: { focus_areas: list() } },
  "ExecutabilityVerifier-subagent": { required: AUDIT, optional: { project_file_tree: text() } },
};

/** What a planner that revises a plan has to say besides. */
export const REVISION_FIELDS = ["active_plan_path", "revision_reason", "trace_id", "iteration_index"] as const;
