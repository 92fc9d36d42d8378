import { expect, it } from "vitest";
import { sampleDecision } from "../testing/sample-decision.ts";
import { storedClassificationSchema, storedCoreSchema } from "./stored-decision.ts";

it("reads rows of before attempts had stand-ins and models a probability of high risk", () => {
  const { core, classification } = sampleDecision({ id: "dec_old" });
  const { high_risk_probability: _p, category: _c, ...oldClassification } = classification;
  const { escalationEnd: _e, chain, ...oldCore } = core;
  const oldChain = chain.map(({ fallbacks: _f, ...attempt }) => attempt);
  expect(storedClassificationSchema.parse(oldClassification)).toEqual(classification);
  expect(storedCoreSchema.parse({ ...oldCore, chain: oldChain, fallbacks: [] })).toEqual({
    ...core,
    escalationEnd: "limit",
  });
});
