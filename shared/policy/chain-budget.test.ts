import { describe, expect, it } from "vitest";
import { decide } from "./decide.ts";
import type { DecisionCore, RouteRequest } from "./decision.ts";
import { toInput, toRequest } from "./testing/made-input.ts";
import { toRandom } from "./testing/random-catalog.ts";
import { randomInput } from "./testing/random-input.ts";

const ROWS = [
  { id: "a/cheap", theta: -0.3, usd: 0.02 },
  { id: "b/middle", theta: 0.6, usd: 0.3 },
  { id: "c/dear", theta: 1.2, usd: 1.5 },
];

function decideWithin(maxMicroUsd: number | null, over: Partial<RouteRequest> = {}): DecisionCore {
  const request = { ...toRequest({ valueMicroUsd: 20_000_000, maxMicroUsd }), ...over };
  const decided = decide(toInput(ROWS, {}, { request }));
  if (!decided.ok) throw new Error(JSON.stringify(decided.fault));
  return decided.value;
}

const toSequence = (core: DecisionCore) => [...core.chain, ...core.escalation];
const toTotal = (core: DecisionCore): number =>
  toSequence(core).reduce((sum, { expectedInTurn }) => sum + expectedInTurn.costMicroUsd, 0);

describe("decide(): max_usd", () => {
  it("leaves a decision as it is when the budget pays for all its attempts", () => {
    const free = decideWithin(null);
    expect(toSequence(free).length).toBeGreaterThan(1);
    expect({ ...decideWithin(toTotal(free)), maxMicroUsd: null }).toEqual(free);
  });

  it("ends by budget, not with the dear model, a micro-dollar below what the attempts cost", () => {
    const free = decideWithin(null);
    const tight = decideWithin(toTotal(free) - 1);
    expect(toTotal(tight)).toBeLessThan(toTotal(free));
    expect([tight.escalationEnd, tight.maxMicroUsd]).toEqual(["budget", toTotal(free) - 1]);
  });

  it("picks nothing whose first attempt is dearer, and names the filter where nothing is left", () => {
    expect(decideWithin(100_000).pick.model).toBe("a/cheap");
    expect(decideWithin(100_000).candidates.removed).toEqual({ max_usd: 2 });
    const none = decide(toInput(ROWS, {}, { request: toRequest({ maxMicroUsd: 10 }) }));
    expect(none).toEqual({ ok: false, fault: { kind: "no_candidates", emptiedBy: "max_usd", before: 3 } });
  });

  it("makes no cascade of attempts that it does not pay for, and says so", () => {
    const asked = { mode: "cascade", verifier: "external" } as const;
    expect(decideWithin(null, asked).chain.length).toBeGreaterThan(1);
    const tight = decideWithin(25_000, asked);
    expect([tight.mode, tight.chain.length, tight.escalationEnd]).toEqual(["single", 1, "budget"]);
    expect(tight.modeComparison.reason).toBe("a cascade was asked for, but no second attempt fits into $0.025");
  });

  it("holds for attempts and stand-ins of 3,000 random inputs", () => {
    const random = toRandom(71);
    const ends = new Map<string, number>();
    for (let n = 0; n < 3_000; n += 1) {
      const input = randomInput(random, 1 + Math.floor(random() * 40));
      const maxMicroUsd = Math.round(10 ** (4 + 3 * random()));
      const mode = random() < 0.3 ? ("cascade" as const) : null;
      const decided = decide({ ...input, request: { ...input.request, maxMicroUsd, mode } });
      if (!decided.ok) continue;
      let spent = 0;
      for (const attempt of toSequence(decided.value)) {
        for (const standIn of attempt.fallbacks)
          expect(spent + standIn.expected.costMicroUsd).toBeLessThanOrEqual(maxMicroUsd);
        spent += attempt.expectedInTurn.costMicroUsd;
      }
      expect(spent).toBeLessThanOrEqual(maxMicroUsd);
      ends.set(decided.value.escalationEnd, (ends.get(decided.value.escalationEnd) ?? 0) + 1);
    }
    expect(ends.get("budget")).toBeGreaterThan(200);
    expect(ends.get("limit")).toBeGreaterThan(100);
  });
});
