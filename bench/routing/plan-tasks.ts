import type { Catalog } from "../../shared/catalog/model.ts";
import { decide } from "../../shared/policy/decide.ts";
import type { DecideInput, DecisionCore } from "../../shared/policy/decision.ts";
import { PLAIN_REQUEST } from "../../shared/policy/decision.ts";
import { defaultPolicy } from "../../shared/policy/policy.ts";
import type { Classification } from "../../shared/task/classification.ts";
import type { Setting } from "./setting.ts";
import { youdenJ } from "./setting.ts";

/** Numbers of the pool's models to try in order; the next one runs iff the verdict on the one before was a rejection. */
export type Plan = readonly number[];

export function toDecideInput(classification: Classification, catalog: Catalog, setting: Setting): DecideInput {
  const { verifier, floor, valueMicroUsd } = setting;
  return {
    classification,
    catalog,
    policy: { ...defaultPolicy, valueMicroUsd, floor: { ...defaultPolicy.floor, enabled: floor } },
    request: PLAIN_REQUEST,
    outcomes: [],
    providerState: { excluded: [], penalties: [] },
    governance: null,
    verifier:
      verifier === null
        ? null
        : {
            kind: "external",
            j: youdenJ(verifier),
            jLower: youdenJ(verifier),
            microUsdPerVerdict: Math.round(verifier.usdPerVerdict * 1e6),
          },
  };
}

export function decideOn(input: DecideInput): DecisionCore {
  const decided = decide(input);
  // The pool has at least two models that no filter of a plain request removes.
  if (!decided.ok) throw new Error(`decide() found no model: ${JSON.stringify(decided.fault)}`);
  return decided.value;
}

/** What decide() says of every task, as a plan over the pool. */
export function planTasks(
  classifications: readonly Classification[],
  catalog: Catalog,
  setting: Setting,
): readonly Plan[] {
  const indexOf = new Map(catalog.models.map(({ id }, index) => [id, index]));
  return classifications.map((classification) => {
    const { chain } = decideOn(toDecideInput(classification, catalog, setting));
    return chain.map(({ model }) => {
      const index = indexOf.get(model);
      if (index === undefined) throw new Error(`${model} is not in the pool`);
      return index;
    });
  });
}
