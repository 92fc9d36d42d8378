import { describe, expect, it } from "vitest";
import { checkDrift, MANDATORY_CASES, toFingerprint } from "./check-drift.ts";
import { approvalTriggers, requireApproval, type WorkState } from "./require-approval.ts";
import { isStagnant } from "./review-tier.ts";
import { shippedFile } from "./testing/made-file.ts";
import { parseRoutingFile } from "./validate-routing.ts";

const file = shippedFile();
const agents = Object.entries(file.agent_role_index).map(([agent, role]) => {
  const model = file.pinned_agents.includes(`${agent}.agent.md`) ? `model: ${file.roles[role]?.primary}\n` : "";
  return { file: `${agent}.agent.md`, frontmatter: `---\n${model}model_role: ${role}\n---` };
});
const sound = {
  file,
  agents,
  cases: MANDATORY_CASES,
  targets: Object.keys(file.agent_role_index).filter((agent) => agent !== "lead"),
};

describe("checkDrift()", () => {
  it("finds nothing where files and roles agree", () => {
    expect(checkDrift(sound)).toEqual([]);
    expect(checkDrift({ ...sound, targets: null, cases: null })).toEqual([]);
  });

  it("names each place that has come apart", () => {
    const [first, ...others] = agents;
    if (first === undefined) throw new Error("no agent");
    expect(checkDrift({ ...sound, agents: others })).toEqual([
      { subject: `/agent_role_index/${first.file.replace(".agent.md", "")}`, code: "agent_file_missing" },
    ]);
    expect(checkDrift({ ...sound, agents: [{ ...first, frontmatter: "" }, ...others] })).toEqual([
      { subject: first.file, code: "model_role_missing" },
    ]);
    expect(checkDrift({ ...sound, targets: [...sound.targets, "ghost"] })).toEqual([
      { subject: "ghost", code: "target_not_in_roster" },
    ]);
    expect(checkDrift({ ...sound, targets: sound.targets.filter((target) => target !== "writer") })).toEqual([
      { subject: "/agent_role_index/writer", code: "agent_not_a_target" },
    ]);
    expect(checkDrift({ ...sound, cases: MANDATORY_CASES.slice(1) })).toEqual([
      { subject: MANDATORY_CASES[0], code: "negative_case_missing" },
    ]);
  });
});

describe("toFingerprint()", () => {
  it("changes with the structure and not with the words about it", () => {
    expect(toFingerprint({ ...file, description: "other", trace_id: "x" })).toBe(toFingerprint(file));
    expect(toFingerprint({ ...file, pinned_agents: [] })).not.toBe(toFingerprint(file));
  });
});

describe("parseRoutingFile()", () => {
  it("names the first place and how many more there are", () => {
    expect(parseRoutingFile([])).toMatchObject({ ok: false, fault: { kind: "invalid_param", field: "/" } });
    const parsed = parseRoutingFile({ ...file, version: "", description: 1 });
    expect(parsed).toMatchObject({ ok: false, fault: { field: "/version" } });
    expect(JSON.stringify(parsed)).toContain("and 1 more");
  });
});

describe("approvalTriggers()", () => {
  const calm: WorkState = {
    ...{ allModelsGone: false, retryBudgetGone: false, sameClassThreshold: false, auditRejected: false },
    ...{ abstentions: 1, stagnant: false, compactionFailures: 3, highRiskAction: false },
  };

  it("lets calm work go on and names what stops it", () => {
    expect(approvalTriggers(calm)).toEqual([]);
    expect(approvalTriggers({ ...calm, abstentions: 2, compactionFailures: 4, auditRejected: true })).toEqual([
      ...["audit_rejected", "review_abstained_twice", "compaction_failures"],
    ]);
    expect(requireApproval({ riskLevel: "low" }).requiresApproval).toBe(false);
  });
});

describe("isStagnant()", () => {
  it.each([
    [[0.5, 0.51], false],
    [[0.5, 0.51, 0.52], true],
    [[0.5, 0.6, 0.61], false],
    [[0.5, 0.51, 0.6], false],
  ])("says of %j: %j", (scores, stagnant) => {
    expect(isStagnant(scores)).toBe(stagnant);
  });
});
