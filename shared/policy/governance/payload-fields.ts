/** What a field of a delegation payload holds; `min` is of characters (code points), of the number or of entries. */
export type FieldRule =
  | { readonly type: "text"; readonly min: number }
  | { readonly type: "integer"; readonly min: number }
  | { readonly type: "list"; readonly min: number; readonly item: FieldRule }
  | { readonly type: "enum"; readonly of: readonly string[] }
  | { readonly type: "uuid" }
  | { readonly type: "flag" }
  /** null = any members. */
  | { readonly type: "record"; readonly fields: TargetFields | null }
  | { readonly type: "text_or_record" };

/** Members of a target or of a record in one; any other is refused. */
export interface TargetFields {
  readonly required: Readonly<Record<string, FieldRule>>;
  readonly optional: Readonly<Record<string, FieldRule>>;
}

const text = (min = 0): FieldRule => ({ type: "text", min });
const integer = (min: number): FieldRule => ({ type: "integer", min });
const oneOf = (...of: readonly string[]): FieldRule => ({ type: "enum", of });
const flag: FieldRule = { type: "flag" };
const uuid: FieldRule = { type: "uuid" };
const anyRecord: FieldRule = { type: "record", fields: null };
const record = (required: TargetFields["required"], optional: TargetFields["optional"] = {}): FieldRule => ({
  type: "record",
  fields: { required, optional },
});
const listOf = (item: FieldRule, min = 0): FieldRule => ({ type: "list", min, item });
const texts = (min = 0): FieldRule => listOf(text(), min);

/** Every target may carry these. */
export const COMMON_FIELDS: Readonly<Record<string, FieldRule>> = {
  runtime_model_mode: oneOf("auto", "deterministic"),
  model: text(1),
};

const RESOURCES = { resource_profile: oneOf("default", "small_local") };
/** What was read already, so that it is not read again. */
const CONTEXT = {
  context_packet: record(
    {},
    { artifact_path: text(), summary: text(), key_findings: texts(), do_not_re_read: texts() },
  ),
};
/** What a phase may touch and how it is checked; all seven of its first fields are wanted. */
const TASK_CARD = {
  phase_task_card: record(
    {
      objective: text(10),
      allowed_files: texts(1),
      forbidden_areas: texts(),
      validation_commands: texts(1),
      acceptance_checks: texts(1),
      max_changed_files: integer(1),
      escalation_rule: text(),
    },
    { context_artifacts: texts(), max_files_to_read_before_replan: integer(1) },
  ),
};
const PHASE_TYPE = { phase_type: oneOf("modifying", "read_only") };

const PHASE = { task_id: text(), phase_id: integer(1) };
/** Who carries out a phase may be told all of this. */
const EXECUTION = { ...PHASE_TYPE, ...RESOURCES, ...CONTEXT, ...TASK_CARD };
const AUDIT = { plan_path: text(1), plan_summary: text(10), trace_id: uuid, iteration_index: integer(0) };

const PLAN_FOCUS = oneOf(
  ...["security", "architecture", "dependency_conflict", "scope_gap", "test_coverage", "destructive_risk"],
  ...["performance", "contract_violation", "missing_rollback"],
);

/** The twelve targets of a delegation; who delegates is none of them. */
export const PAYLOAD_TARGETS: Readonly<Record<string, TargetFields>> = {
  "CodeMapper-subagent": {
    required: { scope_description: text(5) },
    optional: { focus_areas: texts(), conventions_requested: flag, ...RESOURCES },
  },
  "Researcher-subagent": {
    required: { research_query: text(5) },
    optional: { focus_areas: texts(), complexity: oneOf("simple", "medium", "complex"), ...RESOURCES, ...CONTEXT },
  },
  Planner: {
    required: { task_description: text(10) },
    optional: {
      constraints: texts(),
      context_refs: texts(),
      revision_mode: oneOf("initial_create", "in_place_update", "new_artifact_supersession"),
      revision_reason: text(5),
      active_plan_path: text(1),
      existing_plan_path: text(1),
      trace_id: uuid,
      iteration_index: integer(0),
      ...RESOURCES,
    },
  },
  "CoreImplementer-subagent": {
    required: { ...PHASE, task_definition: text(10) },
    optional: { context_files: texts(), ...EXECUTION },
  },
  "UIImplementer-subagent": {
    required: { ...PHASE, task_definition: text(10) },
    optional: { design_refs: texts(), ...EXECUTION },
  },
  "PlatformEngineer-subagent": {
    required: { ...PHASE, environment: oneOf("development", "staging", "production") },
    optional: { task_definition: text(), requires_approval: flag, security_sensitive: flag, ...EXECUTION },
  },
  "TechnicalWriter-subagent": {
    required: { ...PHASE, task_type: oneOf("documentation", "walkthrough", "update") },
    optional: { audience: oneOf("developers", "end_users", "stakeholders"), coverage_matrix: texts(), ...EXECUTION },
  },
  "BrowserTester-subagent": {
    required: PHASE,
    optional: {
      target_url: text(),
      health_endpoint: text(),
      validation_matrix: listOf(record({ scenario: text(), expected_result: text() }, { steps: texts() })),
      ...EXECUTION,
    },
  },
  "CodeReviewer-subagent": {
    required: { phase_id: integer(0), changed_files: texts(1) },
    optional: {
      ...PHASE_TYPE,
      review_depth: oneOf("full", "standard", "lightweight"),
      security_sensitive: flag,
      review_scope: oneOf("phase", "wave", "final"),
      review_mode: oneOf("standard", "security"),
      plan_phases_snapshot: listOf(record({ phase_id: integer(1), files: texts() })),
      prior_phase_findings: listOf(
        record(
          {
            phase_id: integer(1),
            review_scope: oneOf("phase", "wave"),
            status: oneOf("APPROVED", "NEEDS_REVISION", "FAILED", "ABSTAIN"),
          },
          { issues: listOf(anyRecord), validated_blocking_issues: listOf(anyRecord) },
        ),
      ),
      phase_scope: { type: "text_or_record" },
      executor_report: anyRecord,
    },
  },
  "PlanAuditor-subagent": {
    required: { task_id: text(), ...AUDIT },
    optional: { focus_areas: listOf(PLAN_FOCUS), retry_attempt: integer(0) },
  },
  "AssumptionVerifier-subagent": { required: AUDIT, optional: { focus_areas: texts() } },
  "ExecutabilityVerifier-subagent": { required: AUDIT, optional: { project_file_tree: text() } },
};

const REVISION = ["revision_reason", "trace_id", "iteration_index"];

/** What a planner that revises a plan says besides, by the mode: a first plan revises nothing. */
export const REVISION_FIELDS: Readonly<Record<string, readonly string[]>> = {
  in_place_update: ["active_plan_path", ...REVISION],
  new_artifact_supersession: ["existing_plan_path", ...REVISION],
};
