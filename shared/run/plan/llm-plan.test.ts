import { describe, expect, test } from "vitest";
import { advance, startRun } from "../advance.ts";
import { toCore } from "../testing/made-run.ts";
import { toKnownPicks } from "./known-picks.ts";
import { PLAN_STEP_ID, planByModel } from "./llm-plan.ts";
import { planSwarm } from "./swarm.ts";

const core = toCore();
const part = (id: string, dependsOn: readonly string[]) => ({ id, text: `do ${id}`, dependsOn, decision: core });
const added = planSwarm({
  whole: core,
  parts: [part("a", []), part("b", ["a"]), part("c", ["a"]), part("d", ["b", "c"])],
  deliver: false,
});
if (!added.ok) throw new Error("a diamond makes a plan");
const planned = (requiresApproval: boolean) =>
  ({ kind: "planned", stepId: PLAN_STEP_ID, plan: added.value, requiresApproval }) as const;
const claimed = { kind: "claimed", stepId: PLAN_STEP_ID } as const;

describe("planByModel()", () => {
  const plan = planByModel(core, { mode: "swarm", deliver: true });

  test("is one paid step by the likeliest model that the decision names, and says that more is to come", () => {
    expect(plan.steps.map(({ kind }) => kind)).toEqual(["plan", "deliver"]);
    const best = Math.max(...toKnownPicks(core).map(({ expected }) => expected.success));
    const pick = toKnownPicks(core).find(({ model }) => model === plan.steps[0]?.pick?.model);
    expect(pick?.expected.success).toBe(best);
    expect(plan.notes).toEqual(["parts_to_come"]);
  });

  test("grows by its parts once, before whoever is told of the end", () => {
    const first = startRun(plan, { requiresApproval: false });
    expect(first.released).toEqual([PLAN_STEP_ID]);
    const running = advance(first.run, claimed);
    const grown = advance(running.run, planned(false));
    expect(grown.released).toEqual(["part-1"]);
    expect(grown.run.plan.steps.map(({ stepId }) => stepId)).toEqual([
      "plan",
      "part-1",
      "part-2",
      "part-3",
      "part-4",
      "merge",
      "deliver",
    ]);
    expect(grown.run.plan.notes).toEqual([]);
    expect(advance(grown.run, planned(false))).toMatchObject({ changes: [], released: [] });
  });

  test("waits for an approval before any part where one asks for it, and goes on with it", () => {
    const running = advance(startRun(plan, { requiresApproval: false }).run, claimed);
    const grown = advance(running.run, planned(true));
    expect(grown).toMatchObject({ state: "awaiting_approval", released: [], end: null });
    expect(advance(grown.run, claimed).changes).toEqual([]);
    expect(advance(grown.run, { kind: "approved" })).toMatchObject({ state: "running", released: ["part-1"] });
    expect(advance(grown.run, { kind: "canceled" })).toMatchObject({ state: "canceled", released: ["deliver"] });
  });

  test("is nothing without its plan step", () => {
    const running = advance(startRun(plan, { requiresApproval: false }).run, claimed);
    const failed = advance(running.run, { kind: "failed", stepId: PLAN_STEP_ID });
    expect(failed).toMatchObject({ state: "failed", released: ["deliver"] });
  });
});
