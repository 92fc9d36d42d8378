import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildReport, buildCatalog } from "../shared/catalog/build.ts";
import { compareRows } from "../shared/catalog/compare-rows.ts";
import { type Catalog, type CatalogModel, DOMAINS } from "../shared/catalog/model.ts";
import type { Reject } from "../shared/catalog/sources/source.ts";
import { dataFolderOf, readCatalogueSources } from "./read-catalogue-sources.ts";
import { hasSavedPayloads } from "./read-saved-payloads.ts";

/**
 * Builds the embedded catalogue from the source files that may be shipped and prints what went in and what did not.
 * Run: node scripts/build-catalogue.ts [--data FOLDER] [--check]
 */
const OUT = join(import.meta.dirname, "../shared/data/default-catalogue.json");

/** One row a line: small enough to ship, and a change shows as a line in a diff. */
export function toCatalogueText(catalog: Catalog): string {
  const { models, ...rest } = catalog;
  const head = JSON.stringify(rest).slice(1, -1);
  return `{${head},"models":[\n${models.map((model) => JSON.stringify(model)).join(",\n")}\n]}\n`;
}

function main(argv: readonly string[]): void {
  const folder = dataFolderOf(argv);
  if (!hasSavedPayloads(folder)) {
    console.error(`Cannot build the catalogue: no saved payloads under ${folder} (--data names their folder)`);
    process.exitCode = 1;
    return;
  }
  const { input, perSource } = readCatalogueSources(folder);
  const { catalog, report } = buildCatalog(input);
  for (const { name, rows, rejected } of perSource) printSource(name, rows, rejected);
  printCounts(catalog, report);
  if (argv.includes("--check")) return;
  const text = toCatalogueText(catalog);
  writeFileSync(OUT, text);
  console.log(`wrote ${(text.length / 1024).toFixed(0)} KiB, version ${catalog.version}`);
}

function printSource(name: string, rows: number, rejected: readonly Reject[]): void {
  const reasons = new Map<string, number>();
  for (const { reason } of rejected) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const list = [...reasons].map(([reason, n]) => `${n} ${reason}`).join("; ");
  console.log(`${name}: ${rows} rows, ${rejected.length} rejected${list === "" ? "" : ` (${list})`}`);
}

function printCounts(catalog: Catalog, report: BuildReport): void {
  const ids = new Set(catalog.models.map((m) => m.id));
  const plain = new Set(catalog.models.filter((m) => m.kind === "model").map((m) => m.id));
  console.log(`${ids.size} models (${plain.size} of kind model), ${catalog.models.length} rows`);
  for (const domain of DOMAINS) {
    const linked = plain.size - report.unlinked[domain].length;
    console.log(`  ${domain}: ${linked} of ${plain.size} models linked`);
  }
  console.log(
    `${report.unresolved.length} names unresolved, ${report.conflicts.length} conflicting cells, ${report.dropped.length} scores dropped`,
  );
  const scoreOf = (m: CatalogModel): number => m.abilities.agentic_coding?.score ?? 0;
  const best = [...catalog.models].sort(
    (a, b) => scoreOf(b) - scoreOf(a) || a.cost.microUsd - b.cost.microUsd || compareRows(a, b),
  );
  const top = best.slice(0, 10);
  for (const m of top) {
    const a = m.abilities.agentic_coding;
    console.log(
      `  ${m.id} (${m.effort}) theta ${a?.theta} sd ${a?.sd} score ${a?.score} $${(m.cost.microUsd / 1e6).toFixed(2)}`,
    );
  }
}

if (import.meta.main) main(process.argv.slice(2));
