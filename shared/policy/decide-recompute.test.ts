import { expect, it } from "vitest";
import { decide } from "./decide.ts";
import type { DecideInput, Pick } from "./decision.ts";
import { bruteForce } from "./testing/brute-force.ts";
import { toRandom } from "./testing/random-catalog.ts";
import { randomInput } from "./testing/random-input.ts";

/** The same question with one model allowed and no floor, so that the rule written a second time values just that one. */
function askedFor(input: DecideInput, model: string): DecideInput {
  const constraints = { ...input.request.constraints, allow: [model] };
  return {
    ...input,
    request: { ...input.request, constraints },
    policy: { ...input.policy, floor: { ...input.policy.floor, enabled: false } },
  };
}

function toCostUsd(input: DecideInput, pick: Pick): number {
  const { usdPerMinute } = input.policy;
  const perMinute = usdPerMinute.byTaskType[input.classification.task_type.label] ?? usdPerMinute.default;
  const penalty = input.providerState.penalties.find(({ provider }) => provider === pick.provider)?.microUsd ?? 0;
  return (pick.expected.costMicroUsd + penalty) / 1e6 + perMinute * pick.expected.minutes;
}

it("decide() states P, C and U of every model on its hull as an independent computation does", () => {
  const random = toRandom(61);
  let compared = 0;
  for (let n = 0; n < 3_000; n += 1) {
    const input = randomInput(random, 1 + Math.floor(random() * 40));
    const decided = decide(input);
    if (!decided.ok) continue;
    for (const shown of decided.value.alternatives) {
      // Several efforts of one id would compete, and only the best of them would be answered.
      if (input.catalog.models.filter(({ id }) => id === shown.model).length > 1) continue;
      const alone = bruteForce(askedFor(input, shown.model));
      expect([alone?.model, alone?.driver, alone?.provider]).toEqual([shown.model, shown.driverKind, shown.provider]);
      expect(shown.expected.success).toBeCloseTo(alone?.p ?? Number.NaN, 5);
      expect(shown.expected.utilityUsd).toBeCloseTo(alone?.u ?? Number.NaN, 4);
      // Minutes are stored to the thousandth.
      expect(Math.abs(toCostUsd(input, shown) - (alone?.c ?? Number.NaN))).toBeLessThan(1e-4);
      compared += 1;
    }
  }
  expect(compared).toBeGreaterThan(2_000);
});
