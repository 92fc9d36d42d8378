import { describe, expect, it } from "vitest";
import { aggregateGovernance } from "./aggregate-governance.ts";
import type { CostOf } from "./cost-tier.ts";
import { pickGoverned } from "./pick-governed.ts";
import { resolveGoverned } from "./resolve-governed.ts";
import { suggestGovernance } from "./suggest-governance.ts";
import { type GovernanceEvent, toGovernanceEvent, toNdjson } from "./telemetry.ts";
import { shippedFile } from "./testing/made-file.ts";

const file = shippedFile();
const costOf: CostOf = (model, costTier) => ({ model, modelId: `id/${model}`, costTier, assumed: false });

function makeEvent(over: Partial<GovernanceEvent> = {}): GovernanceEvent {
  return {
    ...{ atMs: 1, agent: "planner", role: "strategist", tier: "LARGE", effectiveTier: "LARGE", mode: "deterministic" },
    ...{ modelAsked: "Claude Opus 4.8", modelUsed: "id/Claude Opus 4.8", attempt: 0, capped: false },
    ...{ waitingApproval: false, hint: "high", hintHonoured: null, decisionId: "dec_1", runId: null, stepId: null },
    ...{ governanceVersion: "v1", outcome: "success", costMicroUsd: 900_000 },
    ...over,
  };
}

/** `n` finished uses of which `good` succeeded. */
const uses = (n: number, good: number, over: Partial<GovernanceEvent> = {}): readonly GovernanceEvent[] =>
  Array.from({ length: n }, (_, i) => makeEvent({ outcome: i < good ? "success" : "failure", ...over }));
const FALLBACK = { attempt: 1, modelUsed: "id/GPT-5.5", costMicroUsd: 300_000 };

describe("toGovernanceEvent()", () => {
  it("tells what was asked and what ran", () => {
    const query = { agent: "planner", role: null, tier: "LARGE", mode: "deterministic", risks: [] } as const;
    const resolution = resolveGoverned(file, query, costOf);
    if (!resolution.ok) throw new Error(resolution.fault.kind);
    const pick = pickGoverned(resolution.value, (id) => (id === "id/Claude Opus 4.8" ? "provider_state" : null));
    const event = toGovernanceEvent({
      ...{ resolution: resolution.value, pick, used: { modelId: "id/GPT-5.5", effort: "low" }, atMs: 7 },
      ...{ governanceVersion: "v1", decisionId: "dec_1", runId: null, stepId: null },
    });
    expect(event).toEqual({
      ...makeEvent({ atMs: 7, attempt: 1, modelUsed: "id/GPT-5.5", hintHonoured: false }),
      ...{ outcome: null, costMicroUsd: null },
    });
    expect(
      toNdjson([event, event])
        .split("\n")
        .slice(0, 2)
        .map((line) => JSON.parse(line).model_used),
    ).toEqual([...["id/GPT-5.5", "id/GPT-5.5"]]);
    expect(toNdjson([])).toBe("");
  });
});

describe("aggregateGovernance()", () => {
  it("says which roles fall back, wait, are capped, and ignore hints", () => {
    const report = aggregateGovernance([
      ...uses(6, 5),
      ...uses(2, 2, { ...FALLBACK, hintHonoured: false }),
      makeEvent({ waitingApproval: true, attempt: null, modelUsed: null, outcome: null, costMicroUsd: null }),
      makeEvent({ role: "reader", capped: true, modelUsed: "id/x", hintHonoured: true }),
      makeEvent({ role: "reader", attempt: null, modelUsed: "id/y", outcome: null, costMicroUsd: null }),
    ]);
    expect(report).toMatchObject({ events: 11, outcomes: 9 });
    const [reader, strategist] = report.roles;
    expect(reader).toMatchObject({
      ...{ role: "reader", resolutions: 2, capped: { count: 1, of: 2, rate: 0.5 }, hintsIgnored: { count: 0, of: 1 } },
      models: [{ model: "id/y", attempt: null, outcomes: 0, success: null, meanCostMicroUsd: null, costed: 0 }],
    });
    expect(strategist).toMatchObject({
      ...{ fallbacks: { count: 2, of: 9 }, waiting: { count: 1, of: 9 }, outcomes: 8, successes: 7 },
      hintsIgnored: { count: 2, of: 2, rate: 1 },
    });
    expect(strategist?.models.map(({ model, uses: n, meanCostMicroUsd }) => [model, n, meanCostMicroUsd])).toEqual([
      ["id/Claude Opus 4.8", 6, 900_000],
      ["id/GPT-5.5", 2, 300_000],
    ]);
  });

  it("answers nothing for nothing", () => {
    expect(aggregateGovernance([])).toEqual({ events: 0, outcomes: 0, roles: [] });
  });
});

describe("suggestGovernance()", () => {
  it("proposes the fallback that does as well for a third, with its evidence", () => {
    const [first, ...others] = suggestGovernance([...uses(30, 27), ...uses(25, 23, FALLBACK)], file, costOf);
    expect(first).toMatchObject({
      ...{ kind: "fallback_as_primary", role: "strategist", tier: "LARGE" },
      propose: { primary: "GPT-5.5", fallbacks: ["Claude Opus 4.8", "Gemini 3.1 Pro Preview"] },
      evidence: { outcomes: 55, primary: { outcomes: 30, successes: 27 }, fallback: { outcomes: 25, successes: 23 } },
      says: expect.stringContaining("at about 33 % of the cost; propose GPT-5.5 as primary."),
    });
    expect(others.map(({ kind }) => kind)).toEqual(["check_primary"]);
  });

  it.each<[string, readonly GovernanceEvent[]]>([
    ["before the 50th outcome", [...uses(29, 27), ...uses(20, 19, FALLBACK)]],
    ["before 20 outcomes of each of the two", [...uses(60, 55), ...uses(14, 14, FALLBACK)]],
    ["when the fallback succeeds less often", [...uses(90, 85), ...uses(20, 15, FALLBACK)]],
    ["when it is as dear", [...uses(90, 80), ...uses(20, 18, { ...FALLBACK, costMicroUsd: 899_999 })]],
    ["when its cost is not known", [...uses(90, 80), ...uses(20, 18, { ...FALLBACK, costMicroUsd: null })]],
    [
      "when the file names another model there by now",
      [...uses(90, 80), ...uses(20, 18, { ...FALLBACK, modelUsed: "id/Old" })],
    ],
    ["of a role that is gone", uses(90, 80, { role: "ghost", attempt: 0 })],
    ["of capped uses", [...uses(90, 80), ...uses(20, 20, { ...FALLBACK, capped: true })]],
  ])("proposes no other primary %s", (_, events) => {
    expect(suggestGovernance(events, file, costOf).filter(({ kind }) => kind === "fallback_as_primary")).toEqual([]);
  });

  it("proposes a dearer fallback only where it is better beyond chance", () => {
    const dear = { ...FALLBACK, costMicroUsd: 2_000_000 };
    expect(suggestGovernance([...uses(60, 30), ...uses(40, 38, dear)], file, costOf)[0]?.says).toContain("more often");
    expect(suggestGovernance([...uses(60, 50), ...uses(40, 38, dear)], file, costOf)[0]?.kind).not.toBe(
      "fallback_as_primary",
    );
  });

  it("points at lists that say no longer what happens", () => {
    const waiting = { waitingApproval: true, attempt: null, modelUsed: null, outcome: null } as const;
    const kinds = (events: readonly GovernanceEvent[]) =>
      suggestGovernance(events, file, costOf).map(({ kind }) => kind);
    expect(kinds([...uses(57, 50), ...uses(3, 0, waiting)])).toEqual(["add_fallback"]);
    expect(kinds(uses(60, 50, { capped: true, hintHonoured: false }))).toEqual(["review_cap", "review_hint"]);
    expect(kinds([...uses(30, 20), ...uses(30, 20, { effectiveTier: "SMALL", ...FALLBACK })])).toEqual([]);
  });
});
