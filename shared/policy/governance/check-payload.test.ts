import { describe, expect, it } from "vitest";
import type { Json } from "../../base/canonical-json.ts";
import { checkPayload } from "./check-payload.ts";
import { applyPatch } from "./json-patch.ts";

const runtime_model_mode = "auto";
const phase = { task_id: "t", phase_id: 1, runtime_model_mode };
const audit = {
  ...{ plan_path: "plan.md", plan_summary: "what is planned", iteration_index: 0, runtime_model_mode },
  trace_id: "0a1b2c3d-0000-4000-8000-0123456789ab",
};
const card = {
  ...{ objective: "read what is there", allowed_files: ["a.ts"], forbidden_areas: [], max_changed_files: 1 },
  ...{ validation_commands: ["test"], acceptance_checks: ["it reads"], escalation_rule: "when in doubt" },
};
const finding = { phase_id: 1, review_scope: "phase", status: "APPROVED" };
const VALID: Json = {
  schema_version: "1.0.0",
  agents: {
    "CodeMapper-subagent": { scope_description: "where it is read", runtime_model_mode },
    "Researcher-subagent": { research_query: "how others do", runtime_model_mode },
    Planner: { task_description: "plan the migration", runtime_model_mode },
    "CoreImplementer-subagent": { ...phase, task_definition: "write the reader" },
    "UIImplementer-subagent": { ...phase, task_definition: "write the form" },
    "PlatformEngineer-subagent": { ...phase, environment: "staging" },
    "TechnicalWriter-subagent": { ...phase, task_type: "update" },
    "BrowserTester-subagent": phase,
    "CodeReviewer-subagent": { phase_id: 0, changed_files: ["a.ts"], runtime_model_mode },
    "PlanAuditor-subagent": { task_id: "t", ...audit },
    "AssumptionVerifier-subagent": audit,
    "ExecutabilityVerifier-subagent": audit,
  },
};

function codesAfter(op: string, path: string, value: Json = null): readonly string[] {
  const patched = applyPatch(VALID, [{ op, path, value }]);
  if (!patched.ok) throw new Error(path);
  return checkPayload(patched.value).map(({ code }) => code);
}

describe("checkPayload()", () => {
  it("finds nothing in a document that keeps the contract", () => {
    expect(checkPayload(VALID)).toEqual([]);
    expect(codesAfter("add", "/agents/Planner/resource_profile", "default")).toEqual([]);
  });

  it.each<[string, string, string, Json?]>([
    ["version", "replace", "/schema_version", "2.0.0"],
    ["unknown_field", "add", "/extra", 1],
    ["agents_missing", "remove", "/agents"],
    ["agent_missing", "remove", "/agents/BrowserTester-subagent"],
    ["unknown_agent", "add", "/agents/Orchestrator", {}],
    ["target_invalid", "replace", "/agents/Planner", "x"],
    ["mode_enum", "replace", "/agents/Planner/runtime_model_mode", "manual"],
    ["model_required", "remove", "/agents/Planner/runtime_model_mode"],
    ["model_required", "replace", "/agents/Planner/runtime_model_mode", "deterministic"],
    ["model_type", "add", "/agents/Planner/model", 3],
    ["unknown_field", "add", "/agents/Planner/colour", "red"],
    ["task_description_required", "remove", "/agents/Planner/task_description"],
    ["task_definition_too_short", "replace", "/agents/CoreImplementer-subagent/task_definition", "short"],
    ["phase_id_minimum", "replace", "/agents/CoreImplementer-subagent/phase_id", 0],
    ["phase_id_type", "replace", "/agents/CoreImplementer-subagent/phase_id", 1.5],
    ["phase_id_minimum", "replace", "/agents/CodeReviewer-subagent/phase_id", -1],
    ["changed_files_empty", "replace", "/agents/CodeReviewer-subagent/changed_files", []],
    ["changed_files_type", "replace", "/agents/CodeReviewer-subagent/changed_files", "a.ts"],
    ["environment_enum", "replace", "/agents/PlatformEngineer-subagent/environment", "prod"],
    ["requires_approval_type", "add", "/agents/PlatformEngineer-subagent/requires_approval", "yes"],
    ["trace_id_uuid", "replace", "/agents/PlanAuditor-subagent/trace_id", "abc"],
    ["context_packet_type", "add", "/agents/Researcher-subagent/context_packet", 1],
    ["unknown_field", "add", "/agents/Researcher-subagent/context_packet", { colour: "red" }],
    ["key_findings_type", "add", "/agents/Researcher-subagent/context_packet", { key_findings: [1] }],
    ["unknown_field", "add", "/agents/Planner/phase_task_card", {}],
    ["unknown_field", "add", "/agents/CodeReviewer-subagent/resource_profile", "default"],
    ["resource_profile_enum", "add", "/agents/Planner/resource_profile", "huge"],
    ["focus_areas_enum", "add", "/agents/PlanAuditor-subagent/focus_areas", ["colour"]],
    ["phase_scope_type", "add", "/agents/CodeReviewer-subagent/phase_scope", 1],
    ["executor_report_type", "add", "/agents/CodeReviewer-subagent/executor_report", "done"],
    ["status_enum", "add", "/agents/CodeReviewer-subagent/prior_phase_findings", [{ ...finding, status: "FINE" }]],
    ["expected_result_required", "add", "/agents/BrowserTester-subagent/validation_matrix", [{ scenario: "sign in" }]],
    ["task_definition_too_short", "replace", "/agents/CoreImplementer-subagent/task_definition", "😀".repeat(9)],
    ["revision_mode_enum", "add", "/agents/Planner/revision_mode", "toString"],
  ])("says %s", (code, op, path, value = null) => {
    expect(codesAfter(op, path, value)).toEqual([code]);
  });

  it.each([
    ["in_place_update", "active_plan_path"],
    ["new_artifact_supersession", "existing_plan_path"],
  ])("wants to know what and why for %s", (mode, path) => {
    expect(codesAfter("add", "/agents/Planner/revision_mode", mode)).toEqual([
      ...[`${path}_required`, "revision_reason_required", "trace_id_required", "iteration_index_required"],
    ]);
    const revision = { revision_reason: "it was found wrong", trace_id: audit.trace_id, iteration_index: 1 };
    const planner = { task_description: "plan it again", runtime_model_mode, revision_mode: mode, ...revision };
    expect(codesAfter("replace", "/agents/Planner", { ...planner, [path]: "plan.md" })).toEqual([]);
  });

  it("takes a first plan without a word on what is revised, and everything an executor may be told", () => {
    expect(codesAfter("add", "/agents/Planner/revision_mode", "initial_create")).toEqual([]);
    const told = {
      resource_profile: "small_local",
      phase_type: "modifying",
      context_packet: {},
      phase_task_card: card,
    };
    const implementer = { ...phase, task_definition: "write the reader", ...told };
    expect(codesAfter("replace", "/agents/CoreImplementer-subagent", implementer)).toEqual([]);
  });

  it.each(Object.keys(card))("wants %s of a task card", (field) => {
    const rest = Object.fromEntries(Object.entries(card).filter(([key]) => key !== field));
    expect(codesAfter("add", "/agents/BrowserTester-subagent/phase_task_card", rest)).toEqual([`${field}_required`]);
  });

  it("refuses what is no object", () => {
    expect(checkPayload([])).toEqual([{ path: "", code: "payload_invalid" }]);
  });
});

describe("applyPatch()", () => {
  const document = { list: [1, { a: 1 }], "x/y": 1 };

  it.each<[string, string, Json, Json]>([
    ["add", "/list/-", 3, { list: [1, { a: 1 }, 3], "x/y": 1 }],
    ["add", "/list/0", 3, { list: [3, 1, { a: 1 }], "x/y": 1 }],
    ["replace", "/list/1/a", 2, { list: [1, { a: 2 }], "x/y": 1 }],
    ["replace", "/list/0", 2, { list: [2, { a: 1 }], "x/y": 1 }],
    ["remove", "/list/0", null, { list: [{ a: 1 }], "x/y": 1 }],
    ["remove", "/x~1y", null, { list: [1, { a: 1 }] }],
    ["replace", "", 1, 1],
  ])("can %s at %s", (op, path, value, patched) => {
    expect(applyPatch(document, [{ op, path, value }])).toEqual({ ok: true, value: patched });
  });

  it.each([
    ["replace", "/none"],
    ["add", "/none/a"],
    ["add", "/x~1y/a"],
    ["remove", "/list/7"],
    ["remove", ""],
    ["add", "/list/"],
    ["add", "/list/01"],
    ["replace", "list"],
    ["test", "/x~1y"],
    ["move", "/x~1y"],
  ])("refuses to %s at %s", (op, path) => {
    expect(applyPatch(document, [{ op, path, value: 1 }])).toMatchObject({ ok: false, fault: { field: path } });
  });
});
