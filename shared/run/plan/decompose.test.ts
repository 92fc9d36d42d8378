import { describe, expect, it } from "vitest";
import { PLAIN_REQUEST } from "../../policy/decision.ts";
import { toCatalog, toInput, toTask } from "../../policy/testing/made-input.ts";
import { ROLE_BLOCKS } from "../../prompt/role-blocks.ts";
import { splitTask } from "../../prompt/splitter.ts";
import { ARTIFACTS, PHASES } from "../../prompt/work-words.ts";
import { CATEGORY_LABELS, TASK_TYPE_LABELS } from "../../task/labels.ts";
import { choosePersona } from "./choose-persona.ts";
import { type DecomposeWorld, decompose, toPartTexts, toPlanParts } from "./decompose.ts";

const { classification: _c, outcomes: _o, ...input } = toInput([]);
const world: DecomposeWorld = {
  ...input,
  catalog: toCatalog([
    { id: "openai/cheap", theta: -1, usd: 0.01 },
    { id: "openai/strong", theta: 2, usd: 1 },
  ]),
  request: PLAIN_REQUEST,
  outcomes: [],
};

function plan(task: string, over: Partial<DecomposeWorld> = {}) {
  const split = splitTask(task);
  const classifications = split.parts.map(() => toTask({}));
  return decompose(split, classifications, { ...world, ...over });
}

const TASK =
  "Build a shop:\n1. Write tests for the API\n2. Build the API\n3. Design the API\n4. Document it\n\nUse Go.";

describe("decompose()", () => {
  it("orders the parts so that each comes after what it needs", () => {
    const { parts, order } = plan(TASK);
    expect(order.map((at) => parts[at]?.phase)).toEqual(["design", "build", "test", "docs"]);
    expect(order.map((at) => parts[at]?.persona)).toEqual([
      "api-designer",
      "backend-engineer",
      "software-engineer",
      "technical-writer",
    ]);
  });

  it("lets a part wait for all before it that says so", () => {
    const { edges } = plan("- Port the cart page\n- Port the search\n- Remove jQuery once the others are merged");
    expect(edges.map(({ from, to }) => [from, to])).toEqual([
      [0, 2],
      [1, 2],
    ]);
  });

  it("costs a part between an easy and a hard one of its kind", () => {
    for (const { cost, decision } of plan(TASK).parts) {
      const expected = decision.ok ? decision.value.expected.costMicroUsd : Number.NaN;
      expect(cost?.lowMicroUsd).toBeLessThan(expected);
      expect(cost?.highMicroUsd).toBeGreaterThan(expected);
    }
  });

  it("keeps parts without a model, and says why", () => {
    const none = plan(TASK, { catalog: toCatalog([]) });
    expect(none.parts.map(({ decision, cost }) => [decision.ok, cost])).toEqual(
      TASK.match(/\d\./g)?.map(() => [false, null]),
    );
    expect(toPlanParts(none)).toMatchObject({ ok: false, fault: { kind: "no_candidates" } });
  });

  it("gives the same plan again", () => {
    expect(plan(TASK)).toEqual(plan(TASK));
  });
});

describe("toPartTexts()", () => {
  it("shows the classifier each part with what all share", () => {
    const [first] = toPartTexts(splitTask(TASK), ["go"]);
    expect(first).toBe("Write tests for the API\n\nBuild a shop:\n\nUse Go.\nStack: go");
  });
});

describe("toPlanParts()", () => {
  it("gives each part its dependencies and the constraints", () => {
    const parts = toPlanParts(plan(TASK));
    expect(parts.ok && parts.value.map(({ id, dependsOn }) => [id, dependsOn])).toEqual([
      ["2", []],
      ["1", ["2"]],
      ["0", ["1"]],
      ["3", ["1"]],
    ]);
    expect(parts.ok && parts.value.every(({ text }) => text.endsWith("Build a shop:\n\nUse Go."))).toBe(true);
  });
});

describe("choosePersona()", () => {
  it("names a role block whatever the part", () => {
    for (const phase of PHASES)
      for (const category of CATEGORY_LABELS)
        for (const taskType of TASK_TYPE_LABELS)
          for (const artifacts of [[], ...ARTIFACTS.map((artifact) => [artifact])]) {
            const classification = toTask({ type: taskType });
            const persona = choosePersona({ phase, category, classification, artifacts });
            expect(ROLE_BLOCKS.personas.has(persona), persona).toBe(true);
          }
  });
});
