import { sigmoid } from "../../../shared/base/stats.ts";
import { normal, toRandom } from "../../../shared/policy/testing/random-catalog.ts";
import type { BenchModel } from "../bench-models.ts";
import type { Pool } from "../pool.ts";

/** Our own prompts; the made outcomes have nothing to do with what they say. */
const PROMPTS = [
  "Fix the crash when the settings page opens without a profile picture",
  "The CSV export drops the last row if the file ends without a newline",
  "Rename the billing module to invoices and move its tests along",
  "Write unit tests for the retry queue, including the case of a full disk",
  "Dates before 1970 are shown a day early in the report; find out why",
  "Split the image worker from the web server without losing queued jobs",
  "Explain how the permission check walks through nested groups",
  "Add a dark theme switch to the header and remember the choice",
];

export const toPrompt = (index: number): string => `${PROMPTS[index % PROMPTS.length]} (case ${index})`;

/** Two models on the hull, one under it at the same price as a mix of them, one dear and weak. */
export const MADE_MODELS: readonly BenchModel[] = [
  { name: "cheap", theta: 0.2, se: 0.07, meanCostUsd: 0.03 },
  { name: "under-the-line", theta: 0.1, se: 0.07, meanCostUsd: 0.25 },
  { name: "strong", theta: 0.9, se: 0.07, meanCostUsd: 0.5 },
  { name: "dear-and-weak", theta: -0.6, se: 0.07, meanCostUsd: 0.9 },
];

/** Runs drawn from the curve that the abilities were measured by, so that the catalogue tells the truth. */
export function toMadePool(tasks: number, seed: number): Pool {
  const random = toRandom(seed);
  return {
    models: MADE_MODELS,
    dropped: [],
    abilitiesFrom: "models file",
    tasks: Array.from({ length: tasks }, (_, index) => {
      const b = normal(random);
      return {
        id: `made-${index}`,
        prompt: toPrompt(index),
        runs: MADE_MODELS.map(({ theta, meanCostUsd }) => ({
          solved: random() < sigmoid(2.9 * (theta - b)) ? 1 : 0,
          costUsd: meanCostUsd * Math.exp(0.3 * b),
        })),
      };
    }),
  };
}
