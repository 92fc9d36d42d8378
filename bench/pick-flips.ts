/**
 * How often the pick flips when what it rests on moves: every ability by a normal draw of its own sd, the picked
 * model's ability one sd down, or the easy and medium probabilities swapped.
 * Run: node bench/pick-flips.ts [draws]. Seeded, so that two runs print the same.
 */
import { existsSync, readFileSync } from "node:fs";
import type { Ability, Catalog, CatalogModel } from "../shared/catalog/model.ts";
import { DOMAINS } from "../shared/catalog/model.ts";
import { decide } from "../shared/policy/decide.ts";
import type { DecideInput, DecisionCore } from "../shared/policy/decision.ts";
import { PRESETS } from "../shared/policy/policy.ts";
import type { MadeTask } from "../shared/policy/testing/made-input.ts";
import { toInput, toRequest, toTask } from "../shared/policy/testing/made-input.ts";
import { normal, randomCatalog, toRandom } from "../shared/policy/testing/random-catalog.ts";

const SEED = 7;
const CATALOGUE = new URL("../shared/data/default-catalogue.json", import.meta.url);

const LOW = [0.9, 0.08, 0.02] as const;
const PROFILES: readonly { readonly name: string; readonly task: MadeTask }[] = [
  { name: "easy bugfix", task: { type: "bugfix", complexity: [0.7, 0.25, 0.05], risk: LOW } },
  { name: "medium bugfix", task: { type: "bugfix", complexity: [0.25, 0.6, 0.15], risk: LOW } },
  { name: "hard bugfix", task: { type: "bugfix", complexity: [0.1, 0.3, 0.6], risk: LOW } },
  { name: "unsure bugfix", task: { type: "bugfix", complexity: [0.35, 0.36, 0.29], abstained: ["complexity"] } },
  { name: "risky migration", task: { type: "migration", complexity: [0.1, 0.5, 0.4], risk: [0.1, 0.3, 0.6] } },
  { name: "easy docs", task: { type: "docs", complexity: [0.8, 0.15, 0.05], risk: LOW } },
  { name: "medium feature", task: { type: "feature", complexity: [0.2, 0.6, 0.2], risk: LOW } },
  { name: "medium exploration", task: { type: "exploration", complexity: [0.3, 0.5, 0.2], risk: LOW } },
];

function readCatalog(): { readonly catalog: Catalog; readonly name: string } {
  if (!existsSync(CATALOGUE)) return { catalog: randomCatalog(toRandom(SEED), 300), name: "random, 300 rows" };
  const catalog: Catalog = JSON.parse(readFileSync(CATALOGUE, "utf8"));
  return { catalog, name: `default catalogue ${catalog.version}, ${catalog.models.length} rows` };
}

/** Every ability of the row moved by `steps` of its own sd. */
function moveRow(row: CatalogModel, steps: number): CatalogModel {
  const moved: Partial<Record<(typeof DOMAINS)[number], Ability>> = {};
  for (const domain of DOMAINS) {
    const ability = row.abilities[domain];
    if (ability !== undefined) moved[domain] = { ...ability, theta: ability.theta + steps * ability.sd };
  }
  return { ...row, abilities: moved };
}

function pickOf(input: DecideInput): DecisionCore["pick"] {
  const decided = decide(input);
  if (!decided.ok) throw new Error(JSON.stringify(decided.fault));
  return decided.value.pick;
}

/** U of the best row of one model, whatever the floor says. */
function utilityOf(input: DecideInput, model: string): number {
  const request = { ...input.request, constraints: { ...input.request.constraints, allow: [model] } };
  return pickOf({ ...input, request }).expected.utilityUsd;
}

interface Flips {
  readonly model: number;
  readonly vendor: number;
  /** Mean U lost by staying with the old pick, USD: what the flips matter. */
  readonly lostUsd: number;
}

/** Shares of draws in which another model, or another maker's model, is picked. */
function countDraws(input: DecideInput, draws: number): Flips {
  const random = toRandom(SEED);
  const before = pickOf(input);
  let [model, vendor, lostUsd] = [0, 0, 0];
  for (let n = 0; n < draws; n += 1) {
    const models = input.catalog.models.map((row) => moveRow(row, normal(random)));
    const moved = { ...input, catalog: { ...input.catalog, models } };
    const after = pickOf(moved);
    if (after.model !== before.model) {
      model += 1;
      lostUsd += after.expected.utilityUsd - utilityOf(moved, before.model);
    }
    if (after.vendor !== before.vendor) vendor += 1;
  }
  return { model: model / draws, vendor: vendor / draws, lostUsd: lostUsd / draws };
}

/** Whether the pick changes when its own ability drops by one sd. */
function flipsWhenLowered(input: DecideInput): boolean {
  const before = pickOf(input);
  const models = input.catalog.models.map((row) => (row.id === before.model ? moveRow(row, -1) : row));
  return pickOf({ ...input, catalog: { ...input.catalog, models } }).model !== before.model;
}

function flipsWhenSwapped(input: DecideInput, task: MadeTask): boolean {
  const [easy, medium, hard] = task.complexity ?? [0.2, 0.6, 0.2];
  const swapped = toTask({ ...task, complexity: [medium, easy, hard] });
  return pickOf({ ...input, classification: swapped }).model !== pickOf(input).model;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`.padStart(6);

function printProfiles(catalog: Catalog, draws: number): void {
  const sums = { model: 0, vendor: 0, lowered: 0, swapped: 0, count: 0 };
  console.log("profile             preset    any-sd  vendor  lost U  own -1 sd  easy<->medium  pick");
  for (const { name, task } of PROFILES) {
    for (const preset of PRESETS) {
      const input = { ...toInput([], task, { request: toRequest({ preset }) }), catalog };
      const flips = countDraws(input, draws);
      const [lowered, swapped] = [flipsWhenLowered(input), flipsWhenSwapped(input, task)];
      const { model, effort, expected } = pickOf(input);
      const words = [lowered ? "flips" : "stays", swapped ? "flips" : "stays"] as const;
      const pick = `${model} ${effort} P ${expected.success.toFixed(2)} $${(expected.costMicroUsd / 1e6).toFixed(3)}`;
      console.log(
        `${name.padEnd(19)} ${preset.padEnd(9)} ${percent(flips.model)}  ${percent(flips.vendor)}  ${flips.lostUsd.toFixed(2).padStart(6)}  ${words[0].padEnd(9)}  ${words[1].padEnd(13)}  ${pick}`,
      );
      sums.model += flips.model;
      sums.vendor += flips.vendor;
      sums.lowered += lowered ? 1 : 0;
      sums.swapped += swapped ? 1 : 0;
      sums.count += 1;
    }
  }
  const [model, vendor, lowered, swapped] = [sums.model, sums.vendor, sums.lowered, sums.swapped].map((sum) =>
    percent(sum / sums.count),
  );
  console.log(`all                           ${model}  ${vendor}          ${lowered}     ${swapped}`);
}

const { catalog, name } = readCatalog();
const draws = Number(process.argv[2] ?? 200);
console.log(`pick flips over ${name}, ${draws} draws a row, seed ${SEED}`);
printProfiles(catalog, draws);
