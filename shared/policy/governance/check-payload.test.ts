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
    expect(codesAfter("add", "/agents/Planner/resource_profile", {})).toEqual([]);
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
    ["phase_task_card_incomplete", "add", "/agents/Planner/phase_task_card", { a: 1 }],
    ["context_packet_type", "add", "/agents/Planner/context_packet", 1],
  ])("says %s", (code, op, path, value = null) => {
    expect(codesAfter(op, path, value)).toEqual([code]);
  });

  it.each(["in_place_update", "new_artifact_supersession"])("wants to know what and why for %s", (mode) => {
    expect(codesAfter("add", "/agents/Planner/revision_mode", mode)).toEqual([
      ...["active_plan_path_required", "revision_reason_required", "trace_id_required", "iteration_index_required"],
    ]);
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
  ])("refuses to %s at %s", (op, path) => {
    expect(applyPatch(document, [{ op, path, value: 1 }])).toMatchObject({ ok: false, fault: { field: path } });
  });
});
