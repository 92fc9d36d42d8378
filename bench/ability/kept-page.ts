import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fieldsOf, finiteOf, textOf } from "../../shared/catalog/sources/json-fields.ts";

/** One model of the saved page of Artificial Analysis, with what its feed does not give. */
export interface PageModel {
  readonly name: string;
  readonly mmmuPro: number | null;
  /** Money of one whole run of the intelligence index; null = not stated. */
  readonly indexRunUsd: number | null;
}

/** Reads the page, which serves as a yardstick only: no adapter reads it and nothing of it enters a catalogue. */
export function readKeptPage(folder: string): readonly PageModel[] {
  const file = join(folder, "enrich/artificial_analysis/llms_page_2026-08-22_slim.json");
  const value: unknown = JSON.parse(readFileSync(file, "utf8"));
  const lists: readonly unknown[] = Array.isArray(value) ? [value] : Object.values(fieldsOf(value));
  const models: readonly unknown[] = lists.find((list) => Array.isArray(list)) ?? [];
  return models.map(fieldsOf).flatMap((entry) => {
    const name = textOf(entry.name);
    const cost = finiteOf(fieldsOf(entry.pricing).intelligence_index_cost_total);
    if (name === null) return [];
    return [
      {
        name,
        mmmuPro: finiteOf(fieldsOf(entry.evaluations).mmmu_pro),
        indexRunUsd: cost !== null && cost > 0 ? cost : null,
      },
    ];
  });
}
