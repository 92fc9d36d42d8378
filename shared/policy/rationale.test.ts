import { describe, expect, it } from "vitest";
import { decide } from "./decide.ts";
import type { DecideInput } from "./decision.ts";
import type { MadeTask } from "./testing/made-input.ts";
import { toInput, toRequest } from "./testing/made-input.ts";
import { toRandom } from "./testing/random-catalog.ts";
import { randomInput } from "./testing/random-input.ts";

const ROWS = [
  { id: "deepseek/cheap", theta: 0.19, sd: 0, usd: 0.028 },
  { id: "google/strong", theta: 0.72, sd: 0, usd: 0.46 },
];

function explain(task: MadeTask = {}, over: Partial<DecideInput> = {}): string {
  const decided = decide(toInput(ROWS, task, over));
  return decided.ok ? decided.value.rationale : "";
}

describe("toRationale()", () => {
  it("says who, how likely, for how much, and from what worth a better model would win", () => {
    expect(explain({}, { request: toRequest({ preset: "frugal" }) })).toBe(
      "deepseek/cheap, run by opencode, should solve this medium bugfix task with a chance of about 52 %, for about $0.03 and 2 minutes. " +
        "At $1 for a solved medium task the next better model, google/strong (about 70 % for $0.49), does not pay; it would from about $2.",
    );
  });

  it("names no switch value where the gap is within the noise", () => {
    expect(explain({}, { request: toRequest({ preset: "quality" }) })).toContain(
      "No other model beats it by more than the 4 %",
    );
  });

  it("says what floor and gate did", () => {
    const text = explain({ risk: [0.1, 0.1, 0.8] });
    expect(text).toContain("within 2 % of the best reachable chance (about 70 %)");
    expect(text).toContain("a person must approve: risk is labelled high");
  });

  it("says which heads abstained and why the mode", () => {
    expect(explain({ abstained: ["complexity", "task_type"] })).toContain("unsure of complexity and task type");
    expect(explain({}, { request: toRequest({ mode: "plan" }) })).toContain("mode plan: asked for");
  });

  it("is two to four sentences on every random input", () => {
    const random = toRandom(41);
    for (let n = 0; n < 500; n += 1) {
      const decided = decide(randomInput(random, 20));
      if (!decided.ok) continue;
      const sentences = decided.value.rationale
        .split(/\.(?= [A-Z]|$)|\.(?= [a-z-]+\/m\d)/)
        .filter((text) => text !== "");
      expect(sentences.length).toBeGreaterThanOrEqual(2);
      expect(sentences.length).toBeLessThanOrEqual(4);
      expect(decided.value.rationale).not.toMatch(/NaN|Infinity|undefined|e-\d/);
    }
  });
});
