import { describe, expect, it } from "vitest";
import { defaultPolicy } from "../../shared/policy/policy.ts";
import { sha256Hex } from "../platform/crypto.ts";
import { sampleDecision } from "../platform/testing/sample-decision.ts";
import { isCurrent, toDecisionRecord } from "./decision-record.ts";
import type { World } from "./deps.ts";
import { toDigests } from "./digests.ts";
import type { ClassifierDescription } from "./inference/classifier.ts";
import { catalog } from "./testing/caller.ts";

const plain = sampleDecision({ id: "dec_1", catalogVersion: catalog.version });
const identity: ClassifierDescription = {
  engine: "onnx",
  model: plain.classification.model,
  source: "bundled",
  error: null,
};
const digests = await toDigests(defaultPolicy, sha256Hex);
const receipt = { ...plain.receipt, policyDigest: digests.policy, parametersDigest: digests.parameters };
const world: World = {
  policy: { version: 0, policy: defaultPolicy },
  digests,
  catalog,
  outcomes: [],
  providerState: { excluded: [], penalties: [] },
  verifier: null,
};

describe("isCurrent()", () => {
  it("is false as soon as the shipped policy or the constants are others, under the same version", () => {
    expect(isCurrent({ ...plain, receipt }, world, identity)).toBe(true);
    for (const other of [{ policyDigest: "x" }, { parametersDigest: "x" }])
      expect(isCurrent({ ...plain, receipt: { ...receipt, ...other } }, world, identity)).toBe(false);
  });
});

describe("toDigests()", () => {
  it("moves with the policy, not with the order of its fields", async () => {
    const reversed = Object.fromEntries(Object.entries(defaultPolicy).reverse());
    expect(await toDigests({ ...defaultPolicy, ...reversed }, sha256Hex)).toEqual(digests);
    expect((await toDigests({ ...defaultPolicy, band: "low" }, sha256Hex)).policy).not.toBe(digests.policy);
  });
});

describe("toDecisionRecord()", () => {
  const decidedAt = (policyVersion: number) =>
    toDecisionRecord(
      {
        command: {
          tenantId: "t1",
          requestedBy: "key_1",
          taskText: "tidy up",
          taskId: null,
          reroute: false,
          request: receipt.request,
        },
        input: {
          ...world,
          policy: defaultPolicy,
          outcomes: receipt.outcomes,
          classification: plain.classification,
          request: receipt.request,
          governance: null,
        },
        core: plain.core,
        governed: null,
        policyVersion,
        digests,
      },
      { sha256Hex, newId: () => "dec_1", nowMs: () => 1 },
    );

  it("keeps the shipped policy in the receipt, and of a saved one the digest alone", async () => {
    expect((await decidedAt(0)).receipt).toMatchObject({ policy: defaultPolicy, policyDigest: digests.policy });
    expect((await decidedAt(3)).receipt).toMatchObject({ policyVersion: "3", policy: null });
  });
});
