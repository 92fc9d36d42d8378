/**
 * What the saved payloads give: rows read and rejected per source, and of the live list of OpenRouter (its newest saved
 * edition, ids and prices) the share of models with an ability, by domain, with speed and by category.
 * Run: npm run bench -- shares [--data FOLDER]. Reads saved payloads that stand beside the repository.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readIdList } from "../scripts/catalog-names.ts";
import { dataFolderOf, readCatalogueSources } from "../scripts/read-catalogue-sources.ts";
import { hasSavedPayloads, readSavedPayloads } from "../scripts/read-saved-payloads.ts";
import { buildCatalog } from "../shared/catalog/build.ts";
import { toCategories } from "../shared/catalog/describe-model.ts";
import { type CatalogModel, DOMAINS } from "../shared/catalog/model.ts";
import { type ModelFacts, toEntryKind } from "../shared/catalog/sources/model-facts.ts";
import { CATEGORY_LABELS } from "../shared/task/labels.ts";
import { type LiveSources, readLiveSources } from "./ability/live-sources.ts";

/** CPU time of this process so far, all its threads. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

const LIST = "enrich/openrouter/ids_prices_2026-08-22.json";

function printSources(folder: string): void {
  const totals = new Map<string, { payloads: number; refused: number; rows: number; rejected: number }>();
  for (const { adapter, reading } of readSavedPayloads(folder)) {
    const total = totals.get(adapter) ?? { payloads: 0, refused: 0, rows: 0, rejected: 0 };
    total.payloads += 1;
    if (reading.ok) {
      total.rows += reading.value.models + reading.value.scores;
      total.rejected += reading.value.rejected.length;
    } else total.refused += 1;
    totals.set(adapter, total);
  }
  console.log("source                payloads  refused    rows  rejected");
  for (const [adapter, { payloads, refused, rows, rejected }] of totals)
    console.log(
      `${adapter.padEnd(22)}${[payloads, refused, rows].map((n) => String(n).padStart(8)).join(" ")}${String(rejected).padStart(10)}`,
    );
}

/** Entries of the live list; what it does not say beside id and price comes from the other editions and the id history. */
function listedFacts(folder: string, live: LiveSources): readonly ModelFacts[] {
  const prices = JSON.parse(readFileSync(join(folder, LIST), "utf8")) as Record<string, Record<string, number>>;
  const seen = new Map(live.facts.map((entry) => [entry.id, entry]));
  const known = new Map(
    readIdList(join(folder, "enrich/openrouter/id_history.json")).map((entry) => [entry.id, entry]),
  );
  return Object.entries(prices).map(([id, { input = 0, output = 0 }]) => {
    const [prompt, completion] = [Math.round(input * 1e6), Math.round(output * 1e6)];
    const blank: ModelFacts = {
      id,
      name: known.get(id)?.name ?? id.slice(id.indexOf("/") + 1),
      kind: "model",
      prices: {
        promptMicroUsdPerMillion: 0,
        completionMicroUsdPerMillion: 0,
        cacheReadMicroUsdPerMillion: null,
        cacheWriteMicroUsdPerMillion: null,
      },
      contextTokens: 0,
      maxOutputTokens: null,
      capabilities: { vision: false, tools: false, json: false, reasoning: false },
      releaseDate: known.get(id)?.released ?? null,
    };
    const facts = seen.get(id) ?? blank;
    return {
      ...facts,
      kind: toEntryKind(id, prompt, completion),
      prices: { ...facts.prices, promptMicroUsdPerMillion: prompt, completionMicroUsdPerMillion: completion },
    };
  });
}

function printShares(folder: string): void {
  const live = readLiveSources(folder);
  const facts = listedFacts(folder, live);
  const before = cpuSeconds();
  const { catalog, report } = buildCatalog({
    ...readCatalogueSources(folder).input,
    facts,
    rows: live.rows,
    speeds: live.speeds,
  });
  const spent = cpuSeconds() - before;
  const entries = catalog.models.filter(({ effort }) => effort === "default");
  const models = entries.filter(({ kind }) => kind === "model");
  const line = (what: string, holds: (m: CatalogModel) => boolean): void => {
    const [of, all] = [models.filter(holds).length, entries.filter(holds).length];
    console.log(
      `  ${what.padEnd(28)}${String(of).padStart(4)} of ${models.length} models (${((100 * of) / models.length).toFixed(0)} %), ${all} of ${entries.length} entries`,
    );
  };
  console.log(`\nlive list of ${facts.length} entries, ${live.rows.length} scores, ${live.speeds.length} speeds`);
  line("an ability in any domain", (m) => Object.keys(m.abilities).length > 0);
  for (const domain of DOMAINS) line(domain, (m) => m.abilities[domain] !== undefined);
  line("a benchmark of its own row", (m) => Object.keys(m.benchmarks).length > 0);
  line("output speed", (m) => m.speed.outputTokensPerSecond !== null);
  line("time to first token", (m) => m.speed.timeToFirstTokenS !== null);
  for (const category of CATEGORY_LABELS) line(`category ${category}`, (m) => toCategories(m).includes(category));
  console.log(
    `  ${catalog.models.length} rows, ${report.unresolved.length} names outside the list, ${report.conflicts.length} conflicting cells, ${report.dropped.length} scores dropped`,
  );
  console.log(`  buildCatalog() took ${spent.toFixed(2)} s CPU in a fresh process (${process.version})`);
}

function main(argv: readonly string[]): void {
  const folder = dataFolderOf(argv);
  if (!hasSavedPayloads(folder)) {
    console.log(`No saved payloads under ${folder}: nothing to count`);
    return;
  }
  printShares(folder);
  console.log("");
  printSources(folder);
}

main(process.argv.slice(2));
