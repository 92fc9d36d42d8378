import { expect, test } from "vitest";
import { chance, oneFrom, toRandom } from "../policy/testing/random-catalog.ts";
import { type Advance, advance, type RunEvent, startRun } from "./advance.ts";
import { type RunSnapshot, statusOf } from "./job.ts";
import { planCascade } from "./plan/cascade.ts";
import { planCollective } from "./plan/collective.ts";
import { planSingle } from "./plan/single.ts";
import { planSwarm } from "./plan/swarm.ts";
import { isFinalState } from "./step.ts";
import { randomParts, randomPlan, runToEnd, toCore } from "./testing/made-run.ts";

const OPEN = { requiresApproval: false };
const done = (stepId: string, escalate: boolean | null = null, whole = true): RunEvent => ({
  kind: "done",
  stepId,
  escalate,
  whole,
});
const claimed = (stepId: string): RunEvent => ({ kind: "claimed", stepId });
const failed = (stepId: string): RunEvent => ({ kind: "failed", stepId });

/** Applies events in order. */
const through = (start: Advance, ...events: readonly RunEvent[]): Advance =>
  events.reduce((before, event) => advance(before.run, event), start);

const statesOf = (run: RunSnapshot) =>
  Object.fromEntries(run.plan.steps.map(({ stepId }) => [stepId, statusOf(run, stepId).state]));

/** A fixed fate a step, drawn once: what it will say whenever it ends. */
function toFates(random: () => number): (stepId: string) => RunEvent {
  const fates = new Map<string, RunEvent>();
  return (stepId) => {
    const known = fates.get(stepId);
    if (known !== undefined) return known;
    const escalate = stepId.startsWith("check") ? chance(random, 0.5) : null;
    const fate = chance(random, 0.25) ? failed(stepId) : done(stepId, escalate, chance(random, 0.9));
    fates.set(stepId, fate);
    return fate;
  };
}

test("advance() brings every plan to one end whatever the order of settlements, and that end is derived from the steps", () => {
  const random = toRandom(1);
  for (let n = 0; n < 400; n += 1) {
    const plan = randomPlan(random);
    const fates = toFates(random);
    // Every fate is drawn before the first run, so that both runs meet the same.
    for (const { stepId } of plan.steps) fates(stepId);
    const [a, b] = [1, 2].map(
      (k) => runToEnd(startRun(plan, OPEN), { random: toRandom(100 * n + k), endOf: fates }).at(-1)?.after,
    );
    expect(a?.end).not.toBeNull();
    expect(a?.end).toEqual(b?.end);
    expect(a?.state).toBe(a?.end?.state);
    expect(statesOf(a?.run ?? { plan, steps: new Map() })).toEqual(statesOf(b?.run ?? { plan, steps: new Map() }));
    for (const { stepId } of plan.steps) expect(a?.run.steps.get(stepId)).toEqual(b?.run.steps.get(stepId));
  }
});

test("advance() applied twice is advance() applied once, and late events change nothing", () => {
  const random = toRandom(2);
  for (let n = 0; n < 200; n += 1) {
    const plan = randomPlan(random);
    const way = runToEnd(startRun(plan, OPEN), { random, endOf: toFates(random) });
    const last = way.at(-1)?.after;
    if (last === undefined) throw new Error("a run has a start");
    for (const [i, { event, after }] of way.entries()) {
      if (event === null) continue;
      const again = advance(after.run, event);
      expect([again.changes, again.released]).toEqual([[], []]);
      expect(again.run).toBe(after.run);
      const late = way[Math.floor(i / 2)]?.event;
      // A claim's redelivery after its step was given back would be a new claim; everything else is spent.
      if (late !== undefined && late !== null) expect(advance(last.run, late).changes).toEqual([]);
    }
  }
});

test("advance() never unmakes a final state, never holds more places than the plan has, and never stalls", () => {
  const random = toRandom(3);
  const noise: readonly RunEvent["kind"][] = ["returned", "budget_refused", "budget_raised", "approved"];
  for (let n = 0; n < 200; n += 1) {
    const plan = { ...randomPlan(random), maxParallel: 1 + Math.floor(random() * 6) };
    let now = startRun(plan, { requiresApproval: chance(random, 0.3) });
    const fates = toFates(random);
    for (let k = 0; k < 60; k += 1) {
      const { stepId } = oneFrom(random, plan.steps);
      const kind = oneFrom(random, ["claimed", "end", ...noise] as const);
      const event = kind === "end" ? fates(stepId) : ({ kind, stepId } as RunEvent);
      const next = advance(now.run, event);
      for (const step of plan.steps) {
        const before = statusOf(now.run, step.stepId);
        if (isFinalState(before.state)) expect(statusOf(next.run, step.stepId)).toBe(before);
      }
      const work = plan.steps.filter(({ needs }) => needs.kind !== "ended");
      const held = work.filter((step) => ["ready", "running"].includes(statusOf(next.run, step.stepId).state));
      expect(held.length).toBeLessThanOrEqual(plan.maxParallel);
      // Somebody can always act: a worker, an approver, a verifier, or whoever raises the cap.
      if (next.end === null)
        expect(Object.values(statesOf(next.run)).some((state) => !isFinalState(state) && state !== "waiting")).toBe(
          true,
        );
      now = next;
    }
  }
});

test("a failed branch still merges what was paid for", () => {
  const plan = planCollective(toCore(), { count: 3, deliver: false });
  const start = startRun(plan, OPEN);
  expect(start.released).toEqual(["call-1", "call-2", "call-3"]);
  const claims = plan.steps.slice(0, 3).map(({ stepId }) => claimed(stepId));
  const two = through(start, ...claims, failed("call-2"), done("call-1"), done("call-3"));
  expect(two.released).toEqual(["merge"]);
  const merged = through(two, claimed("merge"), done("merge"));
  expect(merged.end).toEqual({ state: "done", resultFrom: ["merge"], complete: false });
  const unmerged = through(two, claimed("merge"), failed("merge"));
  expect(unmerged.end).toEqual({ state: "done", resultFrom: ["call-1", "call-3"], complete: false });
});

test("no merge is paid for when one answer survives, and none left is a failed run", () => {
  const plan = planCollective(toCore(), { count: 3, deliver: false });
  const running = through(
    startRun(plan, OPEN),
    claimed("call-1"),
    claimed("call-2"),
    claimed("call-3"),
    failed("call-1"),
    failed("call-2"),
  );
  const one = through(running, done("call-3"));
  expect(one.run.steps.get("merge")?.skipped).toEqual({ kind: "too_few", survivors: 1 });
  expect(one.end).toEqual({ state: "done", resultFrom: ["call-3"], complete: false });
  expect(through(running, failed("call-3")).end).toEqual({ state: "failed", resultFrom: [], complete: false });
});

test("a swarm skips what needed a failed part, says which, and merges the rest", () => {
  const decision = toCore();
  const part = (id: string, ...dependsOn: readonly string[]) => ({ id, text: id, dependsOn, decision });
  // A diamond a -> b, c -> d beside a lone e.
  const parts = [part("a"), part("b", "a"), part("c", "a"), part("d", "b", "c"), part("e")];
  const made = planSwarm({ whole: decision, parts, deliver: true });
  if (!made.ok) throw new Error("these parts make a plan");
  const start = startRun(made.value, OPEN);
  expect(start.released).toEqual(["part-1", "part-5"]);
  const waves = through(start, claimed("part-1"), done("part-1"));
  expect(waves.released).toEqual(["part-2", "part-3"]);
  const broken = through(waves, claimed("part-2"), claimed("part-3"), failed("part-2"), done("part-3"));
  expect(broken.run.steps.get("part-4")?.skipped).toEqual({ kind: "dependency_failed", stepId: "part-2" });
  const last = through(broken, claimed("part-5"), done("part-5"));
  expect(last.released).toEqual(["merge"]);
  const end = through(last, claimed("merge"), done("merge"));
  expect([end.released, end.end]).toEqual([["deliver"], { state: "done", resultFrom: ["merge"], complete: false }]);
  // Telling somebody of the end is not the end's business.
  expect(through(end, claimed("deliver"), failed("deliver")).end).toEqual(end.end);
});

test("a cascade ends with the first accepted answer, goes on past a failed call or judge, and waits for verdicts outside", () => {
  const options = { verifierJ: null, handOn: { answer: true, reasons: true }, deliver: false };
  const judged = startRun(planCascade(toCore(), { ...options, verifier: "judge" }), OPEN);
  const answered = through(judged, claimed("call-1"), done("call-1"));
  expect(answered.released).toEqual(["check-1"]);
  const accepted = through(answered, claimed("check-1"), done("check-1", false));
  expect(accepted.end).toEqual({ state: "done", resultFrom: ["call-1"], complete: true });
  expect(accepted.run.steps.get("call-2")?.skipped).toEqual({ kind: "accepted", stepId: "check-1" });
  for (const end of [done("check-1", true), failed("check-1")])
    expect(through(answered, claimed("check-1"), end).released).toEqual(["call-2"]);
  expect(through(judged, claimed("call-1"), failed("call-1")).released).toEqual(["call-2"]);
  const cut = through(judged, claimed("call-1"), { kind: "done", stepId: "call-1", escalate: null, whole: false });
  expect([cut.released, cut.run.steps.get("check-1")?.skipped?.kind]).toEqual([["call-2"], "cut_off"]);

  const outside = startRun(planCascade(toCore(), { ...options, verifier: "external" }), OPEN);
  const waiting = through(outside, claimed("call-1"), done("call-1"));
  expect([waiting.state, waiting.released]).toEqual(["awaiting_verdict", []]);
  expect(through(waiting, done("check-1", true)).released).toEqual(["call-2"]);
  const expired = through(waiting, { kind: "expired" });
  expect(expired.end).toEqual({ state: "expired", resultFrom: ["call-1"], complete: false });
});

test("nothing is released before approval, a refused budget pauses, a raised one goes on, a cancel ends and keeps", () => {
  const plan = planCollective(toCore(), { count: 2, deliver: true });
  const gated = startRun(plan, { requiresApproval: true });
  expect([gated.state, gated.released]).toEqual(["awaiting_approval", []]);
  expect(through(gated, claimed("call-1"), done("call-1")).changes).toEqual([]);
  const open = through(gated, { kind: "approved" });
  expect(open.released).toEqual(["call-1", "call-2"]);
  const paused = through(open, claimed("call-1"), { kind: "budget_refused", stepId: "call-2" }, done("call-1"));
  expect(paused.state).toBe("paused_budget");
  const raised = through(paused, { kind: "budget_raised" });
  expect([raised.state, raised.released]).toEqual(["running", ["call-2"]]);
  const canceled = through(raised, claimed("call-2"), { kind: "canceled" });
  expect(canceled.end).toEqual({ state: "canceled", resultFrom: ["call-1"], complete: false });
  expect(canceled.released).toEqual(["deliver"]);
  expect(through(canceled, done("call-2")).changes).toEqual([]);
});

test("a step that the run is nothing without ends it, and a planning step's parts follow it", () => {
  const single = startRun(planSingle(toCore(), { deliver: false }), OPEN);
  expect(through(single, claimed("call-1"), failed("call-1")).end?.state).toBe("failed");
  expect(through(single, claimed("call-1"), { kind: "returned", stepId: "call-1" }).released).toEqual(["call-1"]);

  const base = planSingle(toCore(), { deliver: true });
  const [first] = base.steps;
  if (first === undefined) throw new Error("a single run has a call");
  const planner = {
    ...base,
    steps: [{ ...first, stepId: "plan", kind: "plan" as const }, ...base.steps.slice(1)],
    result: { prefer: [], otherwise: [] },
  };
  const parts = planSwarm({ whole: toCore(), parts: randomParts(toRandom(5), 4), deliver: false });
  if (!parts.ok) throw new Error("random parts make a plan");
  const event: RunEvent = { kind: "planned", stepId: "plan", plan: parts.value, requiresApproval: false };
  const planned = through(startRun(planner, OPEN), claimed("plan"), event);
  expect(planned.run.plan.steps.map(({ stepId }) => stepId)).toEqual([
    "plan",
    "part-1",
    "part-2",
    "part-3",
    "part-4",
    "merge",
    "deliver",
  ]);
  expect(planned.released).toContain("part-1");
  expect(advance(planned.run, event).changes).toEqual([]);
  const end = runToEnd(planned, { random: toRandom(6), endOf: (stepId) => done(stepId) }).at(-1)?.after;
  expect(end?.end).toEqual({ state: "done", resultFrom: ["merge"], complete: true });
});
