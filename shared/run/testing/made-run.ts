import { decide } from "../../policy/decide.ts";
import type { DecisionCore } from "../../policy/decision.ts";
import type { MadeRow } from "../../policy/testing/made-input.ts";
import { toInput, toRequest } from "../../policy/testing/made-input.ts";
import type { Random } from "../../policy/testing/random-catalog.ts";
import { chance, oneFrom, shuffled } from "../../policy/testing/random-catalog.ts";
import { type Advance, advance, type RunEvent } from "../advance.ts";
import type { Plan } from "../job.ts";
import { statusOf } from "../job.ts";
import { planCascade } from "../plan/cascade.ts";
import { planCollective } from "../plan/collective.ts";
import { planSequence } from "../plan/plan.ts";
import { planSingle } from "../plan/single.ts";
import type { PlanPart } from "../plan/swarm.ts";
import { planSwarm } from "../plan/swarm.ts";

/** A cheap, a middling and a strong model of three makers, and a fourth of the strong one's. */
export const MADE_ROWS: readonly MadeRow[] = [
  { id: "deepseek/cheap", theta: 0.2, usd: 0.03 },
  { id: "google/middle", theta: 0.5, usd: 0.25 },
  { id: "anthropic/strong", theta: 0.9, usd: 0.6 },
  { id: "anthropic/other", theta: 0.3, usd: 0.2 },
];

/** decide()'s answer on made rows, with a trusted check from outside in the given mode. */
export function toCore(rows: readonly MadeRow[] = MADE_ROWS, mode: "cascade" | null = "cascade"): DecisionCore {
  const request = toRequest({ mode, verifier: "external" });
  const decided = decide(toInput(rows, {}, { request }));
  if (!decided.ok) throw new Error(JSON.stringify(decided.fault));
  return decided.value;
}

/** Parts in random order, each after some of those made before it. */
export function randomParts(random: Random, count: number): readonly PlanPart[] {
  const core = toCore();
  const parts = Array.from({ length: count }, (_, i) => ({
    id: `p${i}`,
    text: `do thing ${i}`,
    dependsOn: Array.from({ length: i }, (_, k) => `p${k}`).filter(() => chance(random, 0.3)),
    decision: core,
  }));
  return shuffled(random, parts);
}

const HAND_ON = { answer: true, reasons: true };

/** A plan of any mode. */
export function randomPlan(random: Random): Plan {
  const core = toCore();
  const deliver = chance(random, 0.5);
  const kind = oneFrom(random, ["single", "collective", "cascade", "plan", "swarm"] as const);
  switch (kind) {
    case "single":
      return planSingle(core, { deliver });
    case "collective":
      return planCollective(core, { count: 2 + Math.floor(random() * 4), deliver });
    case "cascade":
      return planCascade(core, {
        verifier: oneFrom(random, ["judge", "external"]),
        verifierJ: null,
        handOn: HAND_ON,
        deliver,
      });
    default: {
      const parts = randomParts(random, 1 + Math.floor(random() * 12));
      const input = { whole: core, parts, deliver };
      const made = kind === "plan" ? planSequence(input) : planSwarm(input);
      if (!made.ok) throw new Error(JSON.stringify(made.fault));
      return made.value;
    }
  }
}

/** Events that fit some step of the run now: a claim where one is ready, an end where one runs. */
export function fittingEvents(run: Advance["run"], endOf: (stepId: string) => RunEvent): readonly RunEvent[] {
  return run.plan.steps.flatMap(({ stepId }): readonly RunEvent[] => {
    const { state } = statusOf(run, stepId);
    if (state === "ready") return [{ kind: "claimed", stepId }];
    return state === "running" || state === "awaiting_verdict" ? [endOf(stepId)] : [];
  });
}

/** Runs a plan to its end, each step ending as `endOf` says, in a random order; returns every step of the way. */
export function runToEnd(
  start: Advance,
  { random, endOf }: { readonly random: Random; readonly endOf: (stepId: string) => RunEvent },
): readonly { readonly event: RunEvent | null; readonly after: Advance }[] {
  const way: { event: RunEvent | null; after: Advance }[] = [{ event: null, after: start }];
  let after = start;
  for (let events = fittingEvents(after.run, endOf); events.length > 0; events = fittingEvents(after.run, endOf)) {
    const event = oneFrom(random, events);
    after = advance(after.run, event);
    way.push({ event, after });
  }
  return way;
}
