import { describe, expect, it } from "vitest";
import type { CostOf } from "./cost-tier.ts";
import { diffGovernance, listAgents } from "./diff-governance.ts";
import { shippedFile } from "./testing/made-file.ts";
import { parseRoutingFile } from "./validate-routing.ts";

const file = shippedFile();
const { builder, conductor } = file.roles;
if (builder === undefined || conductor === undefined) throw new Error("no builder or conductor");
const withRoles = (roles: Partial<typeof file.roles>) => {
  const parsed = parseRoutingFile({ ...file, roles: { ...file.roles, ...roles } });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.fault));
  return parsed.value;
};

describe("listAgents()", () => {
  it("lists every agent before a tier is known and at each", () => {
    expect(listAgents(file)).toHaveLength(7 * 5);
    expect(listAgents(file).find(({ agent, tier }) => agent === "code-reviewer" && tier === "SMALL")).toEqual({
      ...{ agent: "code-reviewer", role: "critic", tier: "SMALL", model: "GPT-5.4", modelId: null },
      ...{ costTier: "medium", assumed: true, fallbacks: ["Claude Sonnet 4.6"], capped: null, latencyTier: "medium" },
      ...{ reasoningEffortHint: "high", isPinned: false, isReviewer: true },
    });
    expect(listAgents(file).find(({ agent, tier }) => agent === "writer" && tier === "LARGE")?.model).toBe("auto");
  });
});

describe("diffGovernance()", () => {
  it("finds nothing where nothing changes for anybody", () => {
    expect(diffGovernance(file, { ...file, description: "other words", version: "2" })).toEqual([]);
  });

  it("names what each agent gets instead, inheritance followed", () => {
    const after = withRoles({ builder: { ...builder, primary: "GPT-5.4", fallbacks: ["Claude Sonnet 4.6"] } });
    const changes = diffGovernance(file, after);
    expect(changes.map(({ agent, tier, fields }) => [agent, tier, fields])).toEqual([
      ["implementer", "MEDIUM", ["model", "fallbacks"]],
      ["implementer", "SMALL", ["model", "fallbacks"]],
      ["implementer", null, ["model", "fallbacks"]],
    ]);
    expect(changes[0]?.before?.model).toBe("Claude Sonnet 4.6");
    expect(changes[0]?.after?.model).toBe("GPT-5.4");
  });

  it("shows agents that come and go, and a first file as nothing but that", () => {
    const { writer: _, ...index } = file.agent_role_index;
    const { reader } = file.roles;
    if (reader === undefined) throw new Error("no reader");
    const roles = { ...file.roles, reader: { ...reader, consumers: ["explorer.agent.md"] } };
    const gone = diffGovernance(file, { ...file, agent_role_index: index, roles });
    expect(gone).toHaveLength(5);
    expect(gone[0]).toMatchObject({ agent: "writer", after: null, fields: ["agent"] });
    expect(diffGovernance(null, file)).toHaveLength(35);
  });

  it("shows whom a cheaper lead caps, though no entry of theirs changed", () => {
    const costOf: CostOf = (model, tier) => ({
      ...{ model, modelId: model, assumed: false },
      costTier: model === "GLM-5.2" ? "low" : tier,
    });
    const unpinned = { ...file, pinned_agents: ["lead.agent.md"] };
    const after = { ...unpinned, roles: { ...file.roles, conductor: { ...conductor, primary: "GLM-5.2" } } };
    const capped = diffGovernance(unpinned, after, costOf).filter(
      ({ agent, tier }) => agent !== "lead" && tier === "LARGE",
    );
    expect(capped.map(({ agent, fields, after: now }) => [agent, fields, now?.capped])).toEqual([
      ["code-reviewer", ["capped"], "GLM-5.2"],
      ["explorer", ["capped"], "auto"],
      ["implementer", ["capped"], "GLM-5.2"],
      ["plan-reviewer", ["capped"], "GLM-5.2"],
      ["planner", ["capped"], "GLM-5.2"],
      ["writer", ["capped"], "auto"],
    ]);
  });
});
