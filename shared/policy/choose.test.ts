import { describe, expect, it } from "vitest";
import type { Candidate } from "./candidate.ts";
import { choose, keepAboveNoise, toHull } from "./choose.ts";
import { toRow } from "./testing/made-input.ts";
import { between, toRandom } from "./testing/random-catalog.ts";

const REACH = { driver: "api", provider: "openrouter", bonus: 0, penaltyMicroUsd: 0 } as const;

function toCandidate(id: string, totalUsd: number, success: number, valueUsd = 5, worth = success): Candidate {
  return {
    eligible: { model: toRow({ id }), theta: 0, thetaSd: 0, score: 0, reaches: [REACH], flags: [] },
    reach: REACH,
    success,
    successByStratum: [success],
    worth,
    moneyUsd: totalUsd,
    minutes: 1,
    totalUsd,
    utilityUsd: valueUsd * worth - totalUsd,
    flags: [],
  };
}

const idsOf = (list: readonly Candidate[]): readonly string[] => list.map(({ eligible }) => eligible.model.id);

describe("keepAboveNoise()", () => {
  it("keeps the cheapest and each dearer one that is better by more than the noise", () => {
    const list = [
      toCandidate("v/c", 3, 0.7),
      toCandidate("v/a", 1, 0.6),
      toCandidate("v/b", 2, 0.63),
      toCandidate("v/d", 4, 0.75),
    ];
    expect(idsOf(keepAboveNoise(list))).toEqual(["v/a", "v/c", "v/d"]);
  });

  it("breaks ties of cost by id", () => {
    expect(idsOf(keepAboveNoise([toCandidate("v/b", 1, 0.5), toCandidate("v/a", 1, 0.5)]))).toEqual(["v/a"]);
  });
});

describe("toHull()", () => {
  it("drops what lies on or under the line between two others", () => {
    const list = [
      toCandidate("v/a", 0, 0.2),
      toCandidate("v/b", 1, 0.3),
      toCandidate("v/c", 2, 0.6),
      toCandidate("v/d", 4, 0.7),
    ];
    expect(idsOf(toHull(list))).toEqual(["v/a", "v/c", "v/d"]);
  });

  it("keeps the worthier of two at one cost", () => {
    expect(idsOf(toHull([toCandidate("v/a", 1, 0.2), toCandidate("v/b", 1, 0.3)]))).toEqual(["v/b"]);
  });
});

describe("choose()", () => {
  it("always picks a corner of the hull, whatever V and the weights", () => {
    const random = toRandom(21);
    for (let n = 0; n < 2000; n += 1) {
      const valueUsd = 10 ** between(random, -2, 3);
      const list = Array.from({ length: 12 }, (_, i) => {
        const success = between(random, 0, 1);
        return toCandidate(
          `v/m${i}`,
          10 ** between(random, -2, 1),
          success,
          valueUsd,
          success * between(random, 0.5, 2),
        );
      });
      const { pick, kept, hull } = choose(list);
      expect(hull).toContain(pick);
      expect(kept).toContain(pick);
    }
  });

  it("orders equal utilities by cost", () => {
    // V = 10: both are worth 4 net.
    const { pick } = choose([toCandidate("v/a", 2, 0.6, 10), toCandidate("v/b", 1, 0.5, 10)]);
    expect(pick.eligible.model.id).toBe("v/b");
  });
});
