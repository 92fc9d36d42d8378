import { ok, type Result } from "../../base/result.ts";
import { mean } from "../../base/stats.ts";
import { readCsvTable } from "./csv-table.ts";
import { dayOf, isFields, readJson } from "./json-fields.ts";
import {
  type BenchmarkRow,
  malformedSource,
  placeOf,
  type Reject,
  refuseBarren,
  type SourceOrigin,
  type SourceParse,
} from "./source.ts";

/** A category's name and the columns that belong to it. */
type Categories = readonly (readonly [name: string, tasks: readonly string[]])[];

/** Names of the two files that make up a release such as "2026-01-08". */
export function livebenchFiles(release: string): { readonly table: string; readonly categories: string } {
  const stamp = release.replaceAll("-", "_");
  return { table: `table_${stamp}.csv`, categories: `categories_${stamp}.json` };
}

/**
 * Reads one LiveBench release: a table of task scores in percent and the tasks of each category. One row per model and
 * category, the mean of its tasks. Tasks and categories change from release to release, so scores are only comparable
 * within one: the release is `origin.release`. A blank cell is not measured, never 0, and takes its category with it:
 * a mean over fewer tasks would be another score. Fault: malformed_data.
 */
export function parseLivebench(
  files: { readonly table: string; readonly categories: string },
  origin: SourceOrigin,
): Result<SourceParse<BenchmarkRow>> {
  const categories = readCategories(files.categories, origin);
  if (!categories.ok) return categories;
  const tasks = new Set(categories.value.flatMap(([, names]) => names));
  const table = readCsvTable(files.table, origin, ["model", ...tasks]);
  if (!table.ok) return table;
  const rows: BenchmarkRow[] = [];
  const rejected: Reject[] = [...table.value.rejected];
  for (const column of table.value.columns.filter((name) => name !== "model" && !tasks.has(name)))
    rejected.push({ place: placeOf("column", column), reason: "in no category" });
  const seen = new Set<string>();
  for (const { number, cells } of table.value.records) {
    const name = cells.model ?? "";
    const place = placeOf(`record ${number}`, name);
    if (name === "" || seen.has(name)) {
      rejected.push({ place, reason: name === "" ? "no model name" : "the model is listed twice" });
      continue;
    }
    seen.add(name);
    for (const [category, columns] of categories.value) {
      const value = toScore(columns, cells);
      if (typeof value === "string") rejected.push({ place: `${place}: ${category}`, reason: value });
      else rows.push({ ...toRow(name, origin), benchmark: toBenchmark(category), value });
    }
  }
  return refuseBarren(origin, { rows, rejected });
}

function readCategories(payload: string, origin: SourceOrigin): Result<Categories> {
  const refuse = (detail: string): Result<never> => malformedSource(origin, `categories: ${detail}`);
  const json = readJson(payload, { ...origin, name: `${origin.name} (categories)` });
  if (!json.ok) return json;
  if (!isFields(json.value)) return refuse("expected an object of lists");
  const categories: (readonly [string, readonly string[]])[] = [];
  for (const [name, value] of Object.entries(json.value)) {
    const tasks: readonly unknown[] = Array.isArray(value) ? value : [];
    const names = tasks.filter((task): task is string => typeof task === "string" && task !== "");
    if (names.length === 0 || names.length < tasks.length) return refuse(`${name}: expected a list of task names`);
    categories.push([name, names]);
  }
  return categories.length === 0 ? refuse("expected at least one") : ok(categories);
}

/** Mean of the tasks in percent, or why there is none. */
function toScore(tasks: readonly string[], cells: Readonly<Record<string, string>>): number | string {
  const values: number[] = [];
  for (const task of tasks) {
    const text = cells[task] ?? "";
    if (text === "") return `${task} is blank`;
    const value = Number(text);
    if (!Number.isFinite(value) || value < 0 || value > 100) return `${task} is no number in 0..100`;
    values.push(value);
  }
  return mean(values);
}

const toBenchmark = (category: string): string =>
  `livebench_${category
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")}`;

const toRow = (name: string, origin: SourceOrigin) => ({
  source: "livebench",
  release: origin.release,
  name,
  higherIsBetter: true,
  // The table has no dates; its questions are of the release, so no answer is older.
  date: dayOf(origin.release),
  stderr: null,
  costUsdPerTask: null,
});
