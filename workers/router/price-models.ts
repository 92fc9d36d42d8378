import type { Catalog } from "../../shared/catalog/model.ts";
import type { Plan } from "../../shared/run/job.ts";
import { type CallPrices, NO_FEES } from "../../shared/run/price-call.ts";
import { picksOf, type StepPick } from "../../shared/run/step.ts";
import type { RunModel } from "../platform/d1/run-row.ts";

const keyOf = ({ model, effort }: Pick<StepPick, "model" | "effort">): string => `${model} ${effort}`;

/** What the catalogue knows of the models that a plan names, each once. */
export interface PricedModels {
  readonly models: readonly RunModel[];
  readonly pricesOf: (pick: StepPick) => CallPrices | null;
}

/** Looks the plan's models up in the first catalogue that has them: that of the decision, then the current one. */
export function priceModels({ steps }: Plan, catalogs: readonly Catalog[]): PricedModels {
  const found = new Map<string, RunModel>();
  for (const pick of steps.flatMap(picksOf)) {
    const key = keyOf(pick);
    if (found.has(key)) continue;
    const rows = catalogs.flatMap(({ models }) => models.find((row) => keyOf({ ...row, model: row.id }) === key) ?? []);
    const [row] = rows;
    if (row === undefined) continue;
    const { contextTokens, maxOutputTokens, prices } = row;
    const { model, effort } = pick;
    found.set(key, { model, effort, contextTokens, maxOutputTokens, prices: { prices, fees: NO_FEES } });
  }
  return { models: [...found.values()], pricesOf: (pick) => found.get(keyOf(pick))?.prices ?? null };
}
