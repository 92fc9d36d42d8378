import { expect, test } from "vitest";
import { toCanonicalJson } from "../../base/canonical-json.ts";
import { toRandom } from "../../policy/testing/random-catalog.ts";
import type { Plan } from "../job.ts";
import { randomParts, randomPlan, toCore } from "../testing/made-run.ts";
import { planSequence } from "./plan.ts";
import { orderParts, planSwarm } from "./swarm.ts";

/** Everything before a step that it hangs on. */
function ancestorsOf(plan: Plan, stepId: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (id: string): void => {
    for (const before of plan.steps.find((step) => step.stepId === id)?.dependsOn ?? []) {
      if (!found.has(before)) visit(before);
      found.add(before);
    }
  };
  visit(stepId);
  return found;
}

test("every plan of every mode is in an order of dependence, reads only what stands before, and is plain data", () => {
  const random = toRandom(11);
  for (let n = 0; n < 500; n += 1) {
    const plan = randomPlan(random);
    const before = new Set<string>();
    for (const step of plan.steps) {
      expect(before.has(step.stepId)).toBe(false);
      expect(step.dependsOn.every((id) => before.has(id))).toBe(true);
      const ancestors = ancestorsOf(plan, step.stepId);
      expect(step.reads.every(({ stepId, maxBytes }) => ancestors.has(stepId) && maxBytes > 0)).toBe(true);
      expect(step.pick === null).toBe(step.maxOutputTokens === 0);
      before.add(step.stepId);
    }
    for (const id of [...plan.result.prefer, ...plan.result.otherwise]) expect(before.has(id)).toBe(true);
    const back: unknown = JSON.parse(toCanonicalJson(plan));
    expect(back).toEqual(plan);
  }
});

test("orderParts() keeps the order given where it can and refuses circles, strangers and doubles", () => {
  const part = (id: string, ...dependsOn: readonly string[]) => ({ id, dependsOn });
  const ordered = orderParts([part("c", "a"), part("a"), part("b")]);
  expect(ordered.ok && ordered.value.map(({ id }) => id)).toEqual(["a", "c", "b"]);
  const bad = [[part("a", "b"), part("b", "a")], [part("a", "a")], [part("a", "z")], [part("a"), part("a")]];
  for (const parts of bad) expect(orderParts(parts)).toMatchObject({ ok: false, fault: { kind: "malformed_data" } });
});

test("planSwarm() refuses no parts and more than twenty, and one part needs no merge", () => {
  const parts = randomParts(toRandom(12), 21);
  const plan = (count: number) => planSwarm({ whole: toCore(), parts: parts.slice(0, count), deliver: false });
  expect(plan(0).ok).toBe(false);
  expect(planSwarm({ whole: toCore(), parts, deliver: false }).ok).toBe(false);
  const one = planSwarm({ whole: toCore(), parts: randomParts(toRandom(13), 1), deliver: false });
  expect(one.ok && [one.value.notes, one.value.steps.length]).toEqual([["one_part"], 1]);
});

test("planSequence() runs parts one after the other, each shown the one before it", () => {
  const made = planSequence({ whole: toCore(), parts: randomParts(toRandom(14), 5), deliver: false });
  if (!made.ok) throw new Error("random parts make a plan");
  const parts = made.value.steps.filter(({ kind }) => kind === "call");
  for (const [i, { dependsOn, reads }] of parts.entries()) {
    const before = parts[i - 1]?.stepId;
    if (before === undefined) continue;
    expect(dependsOn).toContain(before);
    expect(reads.some(({ stepId }) => stepId === before)).toBe(true);
  }
});
