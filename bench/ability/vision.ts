import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type RatingInput, rateAbilities } from "../../shared/catalog/ability.ts";
import { prepareMatrix } from "../../shared/catalog/build.ts";
import type { Domain } from "../../shared/catalog/model.ts";
import type { RowResolver } from "../../shared/catalog/resolve-rows.ts";
import { fieldsOf, finiteOf, textOf } from "../../shared/catalog/sources/json-fields.ts";
import { agreementOf, type Scores } from "./agreement.ts";
import { readKeptPage } from "./kept-page.ts";
import type { LiveSources } from "./live-sources.ts";

/** Prints how the vision ability agrees with measurements of vision that no source of the catalogue holds. */
export function printVision(folder: string, live: LiveSources, rating: RatingInput): void {
  const { matrix, resolve } = prepareMatrix({ ...live, overrides: [] });
  const { abilities } = rateAbilities(matrix, rating);
  const scoresIn = (domain: Domain): Scores =>
    new Map(
      [...abilities].flatMap(([key, held]) => {
        const [id = "", effort] = key.split("\n");
        return effort === "default" && held[domain] !== undefined ? [[id, held[domain].score] as const] : [];
      }),
    );
  const [vision, general] = [scoresIn("vision"), scoresIn("general")];
  console.log(`\nvision ability (${vision.size} models) against what is kept from it`);
  for (const [name, truth] of [
    ["MMMU-Pro of 2026-08", readMmmuPro(folder, resolve)],
    ["vision arena of 2026-02", readLaterBoard(folder, resolve)],
  ] as const) {
    const shared = new Map([...truth].filter(([id]) => vision.has(id)));
    const [ours, other] = [agreementOf(vision, shared), agreementOf(general, shared)];
    console.log(
      `  ${name}: n ${ours.n}, vision rho ${ours.rho.toFixed(3)}, general ability instead ${other.rho.toFixed(3)}`,
    );
  }
}

function readMmmuPro(folder: string, resolve: RowResolver): Scores {
  return best(
    readKeptPage(folder).map(({ name, mmmuPro }) => [name, mmmuPro]),
    "artificial_analysis",
    resolve,
  );
}

/** The board half a year after the one the catalogue's row comes from. */
function readLaterBoard(folder: string, resolve: RowResolver): Scores {
  const file: unknown = JSON.parse(readFileSync(join(folder, "enrich/lmarena/arena_2026-02-10_rakium.json"), "utf8"));
  const { models } = fieldsOf(fieldsOf(fieldsOf(file).categories).vision);
  const entries: readonly unknown[] = Array.isArray(models) ? models : [];
  const named = entries.map(fieldsOf).map(({ name, rating }) => [textOf(name), finiteOf(rating)] as const);
  return best(named, "lmarena", resolve);
}

/** The best value of every id that is named. */
function best(
  named: readonly (readonly [string | null, number | null])[],
  source: string,
  resolve: RowResolver,
): Scores {
  const scores = new Map<string, number>();
  for (const [name, value] of named) {
    if (name === null || value === null) continue;
    const found = resolve(name, source);
    if ("id" in found) scores.set(found.id, Math.max(value, scores.get(found.id) ?? value));
  }
  return scores;
}
