import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Plan } from "../../shared/run/job.ts";
import { planCascade } from "../../shared/run/plan/cascade.ts";
import { planCollective } from "../../shared/run/plan/collective.ts";
import { planSequence } from "../../shared/run/plan/plan.ts";
import { planSingle } from "../../shared/run/plan/single.ts";
import { planSwarm } from "../../shared/run/plan/swarm.ts";
import type { StepPick } from "../../shared/run/step.ts";
import { toCore } from "../../shared/run/testing/made-run.ts";
import { endpointsAt, FAKE_KEY, PROVIDER_OF } from "../fake-provider/fake-endpoints.ts";
import type { Manner } from "../fake-provider/fault.ts";
import { gather } from "../fake-provider/gather.ts";
import { partOf, playRoles, roleOf, toVerdict } from "../fake-provider/play-roles.ts";
import { refuse, WIRES } from "../fake-provider/speech.ts";
import { type FakeProvider, type Script, startFakeProvider } from "../fake-provider/start-fake-provider.ts";
import { until, wait } from "../fake-provider/timeline.ts";
import { START_MS } from "./patience.ts";
import { askEngine, type Engine, startEngine } from "./start-engine.ts";

let provider: FakeProvider;
let engine: Engine;
beforeAll(async () => {
  provider = await startFakeProvider();
  engine = await startEngine();
});
afterAll(async () => {
  await engine?.stop();
  await provider?.close();
}, START_MS);

const core = toCore();
const PLAIN = { deliver: false };
const HAND_ON = { answer: true, reasons: true };

/** Twelve parts: one, two that need it, one that needs both, and eight on their own or in a row behind it. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  ...{ top: [], left: ["top"], right: ["top"], bottom: ["left", "right"] },
  ...{ free1: [], free2: [], free3: [], after1: ["free1"], after2: ["free2"], both: ["after1", "after2"] },
  ...{ late: ["bottom"], last: ["late", "both"] },
};
const parts = Object.entries(NEEDS).map(([id, dependsOn]) => ({ id, text: `do ${id}`, dependsOn, decision: core }));
const texts = { task: "the whole task", parts: Object.fromEntries(parts.map(({ id, text }) => [id, text])) };

function unwrapPlan(planned: ReturnType<typeof planSwarm>): Plan {
  if (!planned.ok) throw new Error(JSON.stringify(planned.fault));
  return planned.value;
}

/** A plan whose every model is reached over one wire format. */
function over(plan: Plan, { wire }: Manner): Plan {
  const move = (pick: StepPick): StepPick => ({ ...pick, provider: PROVIDER_OF[wire] });
  const steps = plan.steps.map((step) => {
    return { ...step, pick: step.pick === null ? null : move(step.pick), fallbacks: step.fallbacks.map(move) };
  });
  return { ...plan, steps };
}

const MANNERS = WIRES.flatMap((wire) => [true, false].map((isStreaming): Manner => ({ wire, isStreaming })));

describe.each(MANNERS)("over $wire, streaming $isStreaming,", (manner) => {
  /** Runs a plan and gives what the rows and the provider's log say of it. */
  async function run(plan: Plan, script: Script) {
    provider.script = script;
    const from = provider.calls.length;
    const told = await askEngine(engine, {
      ...{ tenantId: `t_${crypto.randomUUID()}`, plan: over(plan, manner), texts },
      ...{ endpoints: endpointsAt(provider.url, manner.isStreaming), key: FAKE_KEY },
      limits: {},
    });
    const calls = provider.calls.slice(from);
    expect(calls.every(({ wire, isStreaming }) => wire === manner.wire && isStreaming === manner.isStreaming)).toBe(
      true,
    );
    expect(told).toMatchObject({ isBalanced: true, reservedMicroUsd: 0, overrunMicroUsd: 0, unhandled: 0 });
    const states = Object.fromEntries(told.steps.map(({ stepId, state }) => [stepId, state]));
    return { told, calls, states, roles: calls.map(roleOf) };
  }

  test("single makes one call", async () => {
    const { told, calls } = await run(planSingle(core, PLAIN), playRoles({ work: () => "the answer" }));
    expect(told).toMatchObject({ state: "done", output: "the answer" });
    expect(calls).toHaveLength(1);
  });

  test("collective merges all, merges what was paid for when a branch fails, and merges nothing when one is left", async () => {
    const plan = planCollective(core, { count: 3, ...PLAIN });
    const alone = { ...plan, steps: plan.steps.map((step) => ({ ...step, fallbacks: [] })) };
    const whole = await run(alone, playRoles({}));
    expect(whole.told).toMatchObject({ state: "done", output: "all together" });
    expect(whole.roles.sort()).toEqual(["merge", "work", "work", "work"]);
    const failing = (count: number): Script => {
      const [own, broken] = [playRoles({}), new Set<string>()];
      return (call) => {
        if (roleOf(call) === "work" && broken.size < count) broken.add(call.model);
        return broken.has(call.model) && roleOf(call) === "work" ? refuse(call.wire, { status: 422 }) : own(call);
      };
    };
    const two = await run(alone, failing(1));
    expect(two.told).toMatchObject({ state: "done", output: "all together" });
    expect(Object.values(two.states).sort()).toEqual(["done", "done", "done", "failed"]);
    const one = await run(alone, failing(2));
    expect(one.told).toMatchObject({ state: "done", output: expect.stringContaining("work of") });
    expect(one.roles).toEqual(["work", "work", "work"]);
    expect(one.states.merge).toBe("skipped");
  });

  test("cascade delivers what its judge accepts, and hands on what it rejects or cannot read", async () => {
    const plan = planCascade(core, { verifier: "judge", verifierJ: null, handOn: HAND_ON, ...PLAIN });
    const accepted = await run(plan, playRoles({}));
    expect(accepted.roles).toEqual(["work", "judge"]);
    expect(accepted.states).toMatchObject({ "call-1": "done", "check-1": "done", "call-2": "skipped" });
    const rejected = await run(plan, playRoles({ judge: (call) => toVerdict(call, 2) }));
    expect(rejected.roles.slice(0, 3)).toEqual(["work", "judge", "work"]);
    const second = JSON.stringify(rejected.calls[2]?.body);
    expect(second).toContain("rejected answer");
    expect(second).toContain("it leaves a case out");
    const unreadable = await run(plan, playRoles({ judge: () => "10/10, trust me" }));
    expect(unreadable.roles.slice(0, 4)).toEqual(["work", "judge", "judge", "work"]);
    expect(unreadable.told.state).toBe("done");
  });

  test("plan does one part after the other, each with the results it needs", async () => {
    const { told, calls, roles } = await run(unwrapPlan(planSequence({ whole: core, parts, ...PLAIN })), playRoles({}));
    expect(told).toMatchObject({ state: "done", output: "all together" });
    expect(roles).toEqual([...parts.map(() => "work"), "merge"]);
    for (const [i, call] of calls.slice(1).entries())
      expect(call.atMs).toBeGreaterThanOrEqual(calls[i]?.endedAtMs ?? Number.POSITIVE_INFINITY);
  });

  test("swarm of twelve with a diamond runs in waves: nothing starts before what it needs has ended", async () => {
    const own = playRoles({});
    const plan = unwrapPlan(planSwarm({ whole: core, parts, ...PLAIN }));
    // Those that may go side by side are answered once all of them are there; the moment after lets the log tell it.
    const [roots, pair] = [gather(4), gather(2)];
    const meet: Readonly<Record<string, () => Promise<void>>> = {
      ...{ top: roots, free1: roots, free2: roots, free3: roots },
      ...{ left: pair, right: pair },
    };
    const { told, calls } = await run(plan, (call) => {
      const met = meet[partOf(call)?.replace("do ", "") ?? ""];
      return [...(met === undefined ? [] : [until(met())]), wait(40), ...own(call)];
    });
    expect(told).toMatchObject({ state: "done", output: "all together" });
    expect(calls).toHaveLength(parts.length + 1);
    const byPart = new Map(calls.map((call) => [partOf(call)?.replace("do ", "") ?? "merge", call]));
    for (const [id, needs] of Object.entries(NEEDS)) {
      const call = byPart.get(id);
      const body = JSON.stringify(call?.body);
      for (const before of needs) {
        expect(call?.atMs).toBeGreaterThanOrEqual(byPart.get(before)?.endedAtMs ?? Number.POSITIVE_INFINITY);
        expect(body).toContain(`work of do ${before}`);
      }
    }
    const [merge] = calls.filter((call) => roleOf(call) === "merge");
    expect(merge?.index).toBe(calls.at(-1)?.index);
    const most = Math.max(
      ...calls.map(({ atMs }) => calls.filter((one) => one.atMs <= atMs && (one.endedAtMs ?? 0) > atMs).length),
    );
    expect(most).toBeGreaterThanOrEqual(4);
    expect(most).toBeLessThanOrEqual(plan.maxParallel);
    const [left, right] = [byPart.get("left"), byPart.get("right")];
    // Side by side: each began before the other had ended.
    expect(left?.atMs).toBeLessThan(right?.endedAtMs ?? 0);
    expect(right?.atMs).toBeLessThan(left?.endedAtMs ?? 0);
  });
});
