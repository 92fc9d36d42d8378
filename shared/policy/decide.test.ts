import { describe, expect, it } from "vitest";
import { decide } from "./decide.ts";
import type { DecideInput, DecisionCore } from "./decision.ts";
import { bruteForce } from "./testing/brute-force.ts";
import { toInput, toRequest } from "./testing/made-input.ts";
import { between, shuffled, toRandom } from "./testing/random-catalog.ts";
import { randomInput } from "./testing/random-input.ts";

function decideOrThrow(input: DecideInput): DecisionCore {
  const decided = decide(input);
  if (!decided.ok) throw new Error(JSON.stringify(decided.fault));
  return decided.value;
}

/** Calls `check` with `count` random inputs that have an answer. */
function forEachDecided(seed: number, count: number, check: (input: DecideInput, core: DecisionCore) => void): void {
  const random = toRandom(seed);
  for (let n = 0; n < count; n += 1) {
    const input = randomInput(random, 1 + Math.floor(random() * 40));
    const decided = decide(input);
    if (decided.ok) check(input, decided.value);
  }
}

const toStandIns = (core: DecisionCore) => [...core.chain, ...core.escalation].flatMap(({ fallbacks }) => fallbacks);

const PRESET_VALUES = [1_000_000, 5_000_000, 20_000_000] as const;

describe("decide()", () => {
  it("agrees with an independent brute force on 10,000 random catalogues", () => {
    const random = toRandom(1);
    let answered = 0;
    for (let n = 0; n < 10_000; n += 1) {
      const input = randomInput(random, 1 + Math.floor(random() * 40));
      const expected = bruteForce(input);
      const decided = decide(input);
      if (!decided.ok) {
        expect(expected).toBeNull();
        continue;
      }
      answered += 1;
      const { pick } = decided.value;
      expect([pick.model, pick.effort, pick.driverKind, pick.provider]).toEqual([
        expected?.model,
        expected?.effort,
        expected?.driver,
        expected?.provider,
      ]);
      expect(pick.expected.success).toBeCloseTo(expected?.p ?? Number.NaN, 5);
      expect(pick.expected.utilityUsd).toBeCloseTo(expected?.u ?? Number.NaN, 4);
    }
    expect(answered).toBeGreaterThan(8000);
  });

  it("gives the same answer whatever the order of the catalogue", () => {
    const random = toRandom(2);
    forEachDecided(3, 500, (input, core) => {
      const models = shuffled(random, input.catalog.models);
      expect(decideOrThrow({ ...input, catalog: { ...input.catalog, models } })).toEqual(core);
    });
  });
});

describe("decide(): worth", () => {
  it("never lowers C, money plus time, as V rises at fixed candidates", () => {
    const random = toRandom(4);
    forEachDecided(5, 500, (input) => {
      const totals: number[] = [];
      const values = Array.from({ length: 8 }, () => Math.round(10 ** between(random, 4, 8.5))).sort((a, b) => a - b);
      for (const valueMicroUsd of values) {
        const request = { ...input.request, valueMicroUsd: null, preset: null };
        const core = decideOrThrow({ ...input, request, policy: { ...input.policy, valueMicroUsd } });
        const best = bruteForce({ ...input, request, policy: { ...input.policy, valueMicroUsd } });
        expect(core.pick.model).toBe(best?.model);
        totals.push(best?.c ?? Number.NaN);
      }
      for (const [n, total] of totals.entries()) expect(total).toBeGreaterThanOrEqual(totals[n - 1] ?? 0);
    });
  });

  it("answers although every utility is negative, and says so", () => {
    const request = toRequest({ valueMicroUsd: 1 });
    const core = decideOrThrow(
      toInput(
        [
          { id: "a/x", usd: 3 },
          { id: "b/y", usd: 2 },
        ],
        {},
        { request },
      ),
    );
    expect(core.pick.model).toBe("b/y");
    expect(core.pick.expected.utilityUsd).toBeLessThan(0);
    expect(core.rationale).toContain("costs more than it is worth");
  });
});

describe("decide(): limits", () => {
  it("never picks past a ceiling, an exclusion or a denial, in any role", () => {
    forEachDecided(6, 1500, (input, core) => {
      const price = new Map(
        input.catalog.models.map((row) => [`${row.id} ${row.effort}`, row.prices.promptMicroUsdPerMillion]),
      );
      const named = [...input.request.constraints.exclude, ...input.policy.deny];
      const ceilings = { low: 1e6, medium: 5e6, high: 2e7, any: Number.POSITIVE_INFINITY };
      const ceiling = Math.min(ceilings[input.policy.band], ceilings[input.request.band ?? "any"]);
      for (const pick of [core.pick, ...core.chain, ...toStandIns(core), ...core.escalation, ...core.alternatives]) {
        expect(price.get(`${pick.model} ${pick.effort}`)).toBeLessThanOrEqual(ceiling);
        expect(named.some((text) => text === pick.model || text === `${pick.vendor}/*`)).toBe(false);
      }
    });
  });
});

describe("decide(): floor", () => {
  it("never gives hard or high-risk work a model below the floor, at any preset and in any role", () => {
    let floored = 0;
    forEachDecided(7, 1500, (input) => {
      for (const valueMicroUsd of PRESET_VALUES) {
        const verifier = { kind: "judge", j: 0.8, jLower: 0.7, microUsdPerVerdict: 0 } as const;
        const policy = { ...input.policy, valueMicroUsd, floor: { ...input.policy.floor, enabled: true } };
        const core = decideOrThrow({ ...input, policy, verifier });
        const { margin, bestSuccess, applied } = core.floor;
        const { complexity, risk, abstained_heads } = input.classification;
        const hard = complexity.label === "hard" && !abstained_heads.includes("complexity");
        const sure = !abstained_heads.includes("risk");
        const risky = (risk.label === "high" && sure) || risk.probabilities.high >= 0.35;
        expect(applied).toBe(hard || risky);
        if (margin === null) continue;
        floored += 1;
        // The picked model by another driver may lose a bonus on P; it is still the model that passed.
        const others = (core.chain[0]?.fallbacks ?? []).filter(({ model }) => model !== core.pick.model);
        for (const pick of [core.pick, ...core.chain, ...others, ...core.escalation, ...core.alternatives])
          expect(pick.expected.success).toBeGreaterThanOrEqual(bestSuccess - margin - 2e-6);
      }
    });
    expect(floored).toBeGreaterThan(1000);
  });

  it("does not floor by a head that abstained", () => {
    const rows = [{ id: "a/x" }];
    const doubtful = decideOrThrow(toInput(rows, { complexity: [0.3, 0.3, 0.4], abstained: ["complexity"] }));
    expect(doubtful.floor.applied).toBe(false);
    const unknownRisk = decideOrThrow(toInput(rows, { abstained: ["risk"] }));
    expect([unknownRisk.floor.applied, unknownRisk.gate.requiresApproval]).toEqual([false, true]);
  });

  it("lets policy switch the floor off", () => {
    const rows = [
      { id: "a/weak", theta: -0.5, usd: 0.01 },
      { id: "b/strong", theta: 0.8, usd: 3 },
    ];
    const task = { complexity: [0.05, 0.05, 0.9] as const };
    const request = toRequest({ preset: "frugal" });
    const on = toInput(rows, task, { request });
    const off = { ...on, policy: { ...on.policy, floor: { ...on.policy.floor, enabled: false } } };
    expect(decideOrThrow(on).pick.model).toBe("b/strong");
    expect(decideOrThrow(off).pick.model).toBe("a/weak");
    expect(decideOrThrow(off).floor.applied).toBe(false);
  });
});

describe("decide(): faults and unlinked models", () => {
  it("names the filter that emptied the list and how many there were", () => {
    const rows = [{ id: "a/x" }, { id: "b/y" }];
    const request = toRequest({ constraints: { exclude: ["a/*", "b/y"] } });
    expect(decide(toInput(rows, {}, { request }))).toEqual({
      ok: false,
      fault: { kind: "no_candidates", emptiedBy: "exclude", before: 2 },
    });
    expect(decide(toInput([]))).toMatchObject({ ok: false, fault: { emptiedBy: "catalogue", before: 0 } });
  });

  it("judges the single allowed unlinked model by the prior of its field, flagged", () => {
    const rows = [
      { id: "a/x", theta: 0.5 },
      { id: "b/new", linked: false },
    ];
    const core = decideOrThrow(toInput(rows, {}, { request: toRequest({ constraints: { allow: ["b/new"] } }) }));
    expect(core.pick.model).toBe("b/new");
    expect(core.pick.flags).toContain("unlinked_ability");
    expect(core.rationale).toContain("no benchmark speaks for this model");
    expect(decideOrThrow(toInput(rows)).pick.model).toBe("a/x");
    const two = toRequest({ constraints: { allow: ["b/new", "c/other"] } });
    expect(decide(toInput(rows, {}, { request: two }))).toMatchObject({ ok: false, fault: { emptiedBy: "unlinked" } });
  });
});

describe("decide(): what stands beside the pick", () => {
  it("shows a hull that holds the pick, cheapest first, unflagged in single mode", () => {
    forEachDecided(8, 3000, (_, core) => {
      const shown = core.alternatives.map(({ model, effort }) => `${model} ${effort}`);
      expect(shown).toContain(`${core.pick.model} ${core.pick.effort}`);
      expect(core.pick.flags).not.toContain("off_hull");
      const successes = core.alternatives.map(({ expected }) => expected.success);
      for (const [n, success] of successes.entries()) expect(success).toBeGreaterThan(successes[n - 1] ?? 0);
    });
  });

  it("falls back to the same model elsewhere first, never to the pick itself", () => {
    const core = decideOrThrow(
      toInput([
        { id: "anthropic/x", theta: 0.5 },
        { id: "openai/y", theta: 0.4 },
      ]),
    );
    expect(core.pick).toMatchObject({ model: "anthropic/x", provider: "anthropic", driverKind: "claude" });
    expect(core.chain[0]?.fallbacks.map(({ model, provider }) => [model, provider])).toEqual([
      ["anthropic/x", "openrouter"],
      ["openai/y", "openai"],
    ]);
  });
});

describe("decide(): what stands in for each attempt", () => {
  it("is at most three distinct models, none that failed before, the same one elsewhere first", () => {
    let later = 0;
    forEachDecided(12, 1500, (_, core) => {
      const sequence = [...core.chain, ...core.escalation];
      for (const [turn, attempt] of sequence.entries()) {
        const names = attempt.fallbacks.map(({ model }) => model);
        expect(names.length).toBeLessThanOrEqual(3);
        expect(new Set(names).size).toBe(names.length);
        for (const failed of sequence.slice(0, turn)) expect(names).not.toContain(failed.model);
        expect(names.slice(1)).not.toContain(attempt.model);
        for (const standIn of attempt.fallbacks.filter(({ model }) => model === attempt.model)) {
          expect(standIn.provider).not.toBe(attempt.provider);
          expect(standIn.effort).toBe(attempt.effort);
        }
        later += turn > 0 ? names.length : 0;
      }
    });
    expect(later).toBeGreaterThan(1000);
  });

  it("says why no attempt follows the last", () => {
    const strong = [0.2, 0.4, 0.5, 0.6, 0.7, 0.8].map((theta, i) => ({ id: `v${i}/m`, theta, usd: 0.01 }));
    expect(decideOrThrow(toInput(strong)).escalationEnd).toBe("limit");
    expect(decideOrThrow(toInput([{ id: "a/only", theta: 0.5, usd: 0.01 }])).escalationEnd).toBe("none_left");
    const dear = [
      { id: "a/cheap", theta: 0.5, usd: 0.01 },
      { id: "b/dear", theta: 0.55, usd: 90 },
    ];
    expect(decideOrThrow(toInput(dear)).escalationEnd).toBe("not_worth_its_cost");
  });
});

describe("decide(): drivers and providers", () => {
  it("prefers the driver that policy prefers for the task type", () => {
    const input = toInput([{ id: "anthropic/x" }], { type: "refactor" });
    const policy = { ...input.policy, driverPreference: { refactor: { opencode: 0.08 } } };
    expect(decideOrThrow({ ...input, policy }).pick).toMatchObject({ driverKind: "opencode", provider: "openrouter" });
    const lifted = decideOrThrow({ ...input, policy }).pick.expected.success;
    expect(lifted).toBeCloseTo(
      decideOrThrow({ ...input, policy: { ...policy, driverPreference: {} } }).pick.expected.success * 1.08,
      5,
    );
  });

  it("routes around an excluded provider and charges a limited one", () => {
    const rows = [{ id: "anthropic/x" }];
    const excluded = { excluded: [{ provider: "anthropic", reason: "open circuit" }], penalties: [] };
    expect(decideOrThrow(toInput(rows, {}, { providerState: excluded })).pick.provider).toBe("openrouter");
    const penalties = ["anthropic", "openrouter"].map((provider) => ({ provider, microUsd: 500_000, reason: "429" }));
    const plain = decideOrThrow(toInput(rows)).pick.expected;
    const limited = decideOrThrow(toInput(rows, {}, { providerState: { excluded: [], penalties } })).pick.expected;
    expect(limited.costMicroUsd).toBe(plain.costMicroUsd);
    expect(limited.utilityUsd).toBeCloseTo(plain.utilityUsd - 0.5, 5);
  });
});
