import { describe, expect, it } from "vitest";
import { valueInTurn } from "./after-failures.ts";
import { toDifficultyNodes, toRung } from "./difficulty-nodes.ts";
import { applyFilters } from "./filters.ts";
import { toTaskTerms } from "./task-terms.ts";
import { toInput } from "./testing/made-input.ts";
import { toRandom } from "./testing/random-catalog.ts";
import { valueCandidate } from "./value-candidate.ts";

const ROWS = [
  { id: "a/weak", theta: 0.1, sd: 0 },
  { id: "b/strong", theta: 0.8, sd: 0, usd: 0.5 },
  { id: "c/middle", theta: 0.4, sd: 0, usd: 0.3 },
];

function toScene() {
  const input = toInput(ROWS);
  const terms = toTaskTerms(input);
  const filtered = applyFilters({ ...input, taskType: terms.taskType, domain: terms.domain });
  if (!filtered.ok) throw new Error("no candidates");
  const members = filtered.value.eligible.map((eligible) => valueCandidate(eligible, eligible.reaches[0], terms));
  return { members, terms };
}

describe("valueInTurn()", () => {
  it("leaves no mean residual on any attempt when outcomes are drawn from the difficulty nodes", () => {
    const { members, terms } = toScene();
    const nodes = toDifficultyNodes(terms.strata);
    const rungs = members.map((member) => toRung(member, nodes));
    const expected = valueInTurn(members, terms);
    const random = toRandom(61);
    const seen = members.map(() => ({ residual: 0, count: 0 }));
    for (let task = 0; task < 60_000; task += 1) {
      let at = random();
      const node = nodes.findIndex(({ share }) => {
        at -= share;
        return at < 0;
      });
      for (const [turn, sum] of seen.entries()) {
        const solved = random() < (rungs[turn]?.solves[node] ?? 0);
        sum.residual += (solved ? 1 : 0) - (expected[turn]?.success ?? 0);
        sum.count += 1;
        if (solved) break;
      }
    }
    // Four standard errors of a share of .5 over the thousands of tasks that get so far.
    for (const { residual, count } of seen) expect(Math.abs(residual / count)).toBeLessThan(2 / Math.sqrt(count));
    // The bare P would be far off: what is left after a failure is harder.
    expect((members[1]?.success ?? 0) - (expected[1]?.success ?? 0)).toBeGreaterThan(0.15);
  });

  it("is the first attempt's own value in turn 0", () => {
    const { members, terms } = toScene();
    expect(valueInTurn(members, terms)[0]).toBe(members[0]);
  });
});
