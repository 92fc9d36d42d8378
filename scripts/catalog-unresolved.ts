import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readLiveSources } from "../bench/ability/live-sources.ts";
import { prepareMatrix } from "../shared/catalog/build.ts";
import { createNearest, type NearId } from "../shared/catalog/nearest-ids.ts";
import { alignRows } from "./catalog-table.ts";
import { runMain, UsageError } from "./host/usage-error.ts";
import { dataFolderOf, readCatalogueSources } from "./read-catalogue-sources.ts";

/**
 * Lists the names of the shipped sources, or of all saved ones, that no rule could place and that a person should look
 * at: those of which an id of the catalogue may be another spelling. The rest are mostly models that are no longer
 * listed. Status 1: the data folder cannot be read; 2: the command line cannot.
 */
const USAGE = `Usage: npm run catalog:unresolved [-- --data FOLDER] [--live] [--all] [--json]
  --live  names of every source that a refresh asks, against OpenRouter's list; without it, of those that may be shipped
  --all   also names that no id of the catalogue may be another spelling of
  --json  one JSON object a line and nothing else`;

interface Entry {
  readonly source: string;
  readonly name: string;
  readonly reason: string;
  /** Scores that hang on the name. */
  readonly rows: number;
  readonly nearest: readonly NearId[];
}

interface Options {
  readonly live: boolean;
  readonly all: boolean;
  readonly json: boolean;
}

function readOptions(args: string[]): Options {
  try {
    const flag = { type: "boolean", default: false } as const;
    const { values } = parseArgs({ args, options: { data: { type: "string" }, live: flag, all: flag, json: flag } });
    return values;
  } catch (error) {
    console.error(`Cannot read the command line: ${error instanceof Error ? error.message : error}\n${USAGE}`);
    process.exit(2);
  }
}

await runMain(async () => {
  const args = process.argv.slice(2);
  const options = readOptions(args);
  const folder = dataFolderOf(args);
  if (!existsSync(join(folder, "enrich"))) throw new UsageError(`Cannot list names: no saved sources under ${folder}.`);
  const entries = readEntries(folder, options.live);
  const shown = options.all ? entries : entries.filter(({ nearest }) => nearest.length > 0);
  if (options.json) for (const entry of shown) console.log(JSON.stringify(entry));
  else printTable(shown, entries);
});

/** Every unresolved name, most rows first. */
function readEntries(folder: string, isLive: boolean): readonly Entry[] {
  const shipped = readCatalogueSources(folder).input;
  const input = isLive ? { ...shipped, ...readLiveSources(folder) } : shipped;
  const { facts, unresolved } = prepareMatrix(input);
  const listed = facts.filter(({ kind }) => kind === "model" || kind === "free");
  const nearest = createNearest(listed.map(({ id, name, releaseDate }) => ({ id, name, released: releaseDate })));
  const counts = new Map<string, number>();
  for (const { source, name } of input.rows)
    counts.set(`${source}\n${name}`, (counts.get(`${source}\n${name}`) ?? 0) + 1);
  return unresolved
    .map((entry) => ({
      source: entry.source,
      name: entry.name,
      reason: entry.reason,
      rows: counts.get(`${entry.source}\n${entry.name}`) ?? 0,
      nearest: nearest(entry.name),
    }))
    .sort((a, b) => b.rows - a.rows || (`${a.source} ${a.name}` < `${b.source} ${b.name}` ? -1 : 1));
}

function printTable(shown: readonly Entry[], entries: readonly Entry[]): void {
  const rows = shown.flatMap(({ source, name, reason, rows, nearest }) => {
    const [first, ...rest] = nearest.map(({ id, differs }) => `${id}: ${differs.join(", ") || "no part differs"}`);
    return [[String(rows), source, name, reason, first ?? ""], ...rest.map((text) => ["", "", "", "", text])];
  });
  for (const line of alignRows([["rows", "source", "name", "reason", "nearest ids"], ...rows])) console.log(line);
  const sum = (list: readonly Entry[]): number => list.reduce((total, { rows }) => total + rows, 0);
  const hidden = entries.length - shown.length;
  const rest = hidden === 0 ? "" : `; ${hidden} more are near no id of the catalogue (--all)`;
  console.log(`${shown.length} unresolved names with ${sum(shown)} of ${sum(entries)} unplaced scores${rest}`);
}
