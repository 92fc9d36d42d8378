import { describe, expect, it } from "vitest";
import { decide } from "./decide.ts";
import type { DecideInput, DecisionCore } from "./decision.ts";
import type { Receipt } from "./receipt.ts";
import { RECEIPT_VERSION, recompute } from "./receipt.ts";
import { toInput } from "./testing/made-input.ts";
import { toRandom } from "./testing/random-catalog.ts";
import { randomInput } from "./testing/random-input.ts";

const DIGESTS = { policy: "p".repeat(64), parameters: "q".repeat(64) };

function toReceipt(input: DecideInput): Receipt {
  const { classification, request, outcomes, providerState, governance, verifier } = input;
  return {
    version: RECEIPT_VERSION,
    parametersDigest: DIGESTS.parameters,
    policyDigest: DIGESTS.policy,
    inputDigest: "0".repeat(64),
    promptStored: false,
    policyVersion: "1",
    policy: null,
    catalogVersion: input.catalog.version,
    modelSha256: classification.model.sha256,
    ...{ classification, request, outcomes, providerState, governance, verifier, repository: null },
  };
}

/** As a row of storage would give it back. */
const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value));

function decideOrThrow(input: DecideInput): DecisionCore {
  const decided = decide(input);
  if (!decided.ok) throw new Error("no candidates");
  return decided.value;
}

describe("recompute()", () => {
  it("finds every stored decision equal, through JSON and back", () => {
    const random = toRandom(51);
    let compared = 0;
    for (let n = 0; n < 300; n += 1) {
      const plain = randomInput(random, 30);
      const verifier = n % 2 === 0 ? null : ({ kind: "judge", j: 0.8, jLower: 0.6, microUsdPerVerdict: 9000 } as const);
      const input = { ...plain, verifier };
      const decided = decide(input);
      if (!decided.ok) continue;
      compared += 1;
      const { catalog, policy } = input;
      expect(
        recompute({
          stored: stored(decided.value),
          receipt: stored(toReceipt(input)),
          catalog: stored(catalog),
          policy: stored(policy),
          digests: DIGESTS,
        }),
      ).toEqual({ ok: true, value: { equal: true, differences: [] } });
    }
    expect(compared).toBeGreaterThan(200);
  });
});

describe("recompute(): differences", () => {
  it("names the path of every planted difference", () => {
    const input = toInput([{ id: "a/x" }, { id: "b/y", theta: 0.9, usd: 3 }]);
    const core = decideOrThrow(input);
    const planted: DecisionCore = {
      ...core,
      pick: { ...core.pick, expected: { ...core.pick.expected, costMicroUsd: 1 } },
      rationale: "because",
    };
    const { catalog, policy } = input;
    const result = recompute({ stored: planted, receipt: toReceipt(input), catalog, policy, digests: DIGESTS });
    expect(result.ok && result.value.equal).toBe(false);
    expect(result.ok && result.value.differences.map(({ path }) => path)).toEqual([
      "pick.expected.costMicroUsd",
      "rationale",
    ]);
  });

  it("reports another catalogue, policy, other constants and another classification", () => {
    const input = toInput([{ id: "a/x" }]);
    const receipt = toReceipt(input);
    const digests = { policy: "other", parameters: "other" };
    const { policy } = input;
    const catalog = { ...input.catalog, version: "other" };
    const classification = { ...input.classification, tokens: 21 };
    const result = recompute({ stored: decideOrThrow(input), receipt, catalog, policy, digests, classification });
    expect(result.ok && result.value.differences.map(({ path }) => path)).toEqual([
      "receipt.catalogVersion",
      "receipt.policyDigest",
      "receipt.parametersDigest",
      "receipt.classification.tokens",
    ]);
  });

  it("decides by the receipt's own policy where it holds one, whatever ships today", () => {
    const input = toInput([{ id: "a/x" }, { id: "b/y", theta: 0.9, usd: 3 }]);
    const receipt = { ...toReceipt(input), policyVersion: "0", policy: input.policy };
    const today = { ...input.policy, deny: ["*/*", "a/*", "b/*"] };
    const { catalog } = input;
    const result = recompute({ stored: decideOrThrow(input), receipt, catalog, policy: today, digests: DIGESTS });
    expect(result).toEqual({ ok: true, value: { equal: true, differences: [] } });
  });

  it("is the fault of decide() when nothing is left to pick", () => {
    const input = toInput([{ id: "a/x" }]);
    const catalog = { ...input.catalog, models: [] };
    const result = recompute({
      stored: decideOrThrow(input),
      receipt: toReceipt(input),
      catalog,
      policy: input.policy,
      digests: DIGESTS,
    });
    expect(result).toMatchObject({ ok: false, fault: { kind: "no_candidates" } });
  });
});
