import { ok, type Result } from "../../base/result.ts";
import { readCsvTable } from "./csv-table.ts";
import { readDatasetPage } from "./dataset-page.ts";
import { finiteOf, textOf } from "./json-fields.ts";
import { type Found, keepOne } from "./keep-one.ts";
import { INTERVAL_WIDTH, toArenaRow } from "./lmarena-row.ts";
import {
  type BenchmarkRow,
  placeOf,
  type Reject,
  refuseBarren,
  type SourceOrigin,
  type SourceParse,
} from "./source.ts";

/** A board of the dataset (its "config": text, text_style_control, vision, webdev, agent ...) and the wanted categories. */
export interface ArenaBoard {
  readonly config: string;
  readonly categories: readonly string[];
}

export interface LmarenaParse extends SourceParse<BenchmarkRow> {
  /** Rows of the page and of the whole answer, for the next offset. */
  readonly rowCount: number;
  readonly totalCount: number | null;
}

/** A row with the votes behind it, which decide between two rows of one model and day. */
interface Rated {
  readonly row: BenchmarkRow;
  readonly votes: number;
}

/**
 * Benchmark of a board's category: `lmarena_text` for the whole board, `lmarena_text_coding` for a part of it. Ratings
 * of two boards or categories are two scales.
 */
export function arenaBenchmark(config: string, category: string): string {
  const slug = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, "_");
  return category === "overall" ? `lmarena_${slug(config)}` : `lmarena_${slug(config)}_${slug(category)}`;
}

/**
 * Reads one page of the official dataset's rows or filter JSON. Fields: model_name, rating, rating_lower|null,
 * rating_upper|null, vote_count, category, leaderboard_publish_date; the `agent` board has score, score_ci_lower,
 * score_ci_upper instead. Rows of categories that were not asked for are listed as rejected; of a model and category
 * that stands there twice the newest row counts, of one day the one with more votes. Fault: malformed_data.
 */
export function parseLmarenaRows(payload: string, origin: SourceOrigin, board: ArenaBoard): Result<LmarenaParse> {
  const page = readDatasetPage(payload, origin);
  if (!page.ok) return page;
  const found: Found<Rated>[] = [];
  const rejected: Reject[] = [...page.value.rejected];
  const unwanted: Reject[] = [];
  for (const { place: at, fields } of page.value.rows) {
    const place = placeOf(at, fields.model_name);
    const category = textOf(fields.category);
    if (category !== null && !board.categories.includes(category)) {
      unwanted.push({ place, reason: `other category: ${category.slice(0, 40)}` });
      continue;
    }
    const benchmark = arenaBenchmark(board.config, category ?? "");
    const row =
      category === null ? "no category" : toArenaRow(fields, { origin, benchmark, isScore: board.config === "agent" });
    if (typeof row === "string") rejected.push({ place, reason: row });
    else found.push({ place, row: { row, votes: finiteOf(fields.vote_count ?? fields.session_count) ?? 0 } });
  }
  const kept = keepNewest(found);
  const count = { rowCount: page.value.rowCount, totalCount: page.value.totalCount };
  // A page of an unfiltered answer may hold no wanted category at all, which is no drift: those rows do not count.
  const parse = refuseBarren(origin, { rows: kept.rows, rejected: [...rejected, ...kept.rejected] }, count);
  if (!parse.ok) return parse;
  return ok({ ...parse.value, rejected: [...parse.value.rejected, ...unwanted], ...count });
}

/** Boards that are published as CSV; `image` rates makers of pictures. */
export type ArenaCsvBoard = "text" | "vision" | "image";

/** Reads a board as CSV: model, arena_score, 95_pct_ci ("+5/-5"), votes. Fault: malformed_data. */
export function parseLmarenaCsv(
  payload: string,
  origin: SourceOrigin,
  board: ArenaCsvBoard,
): Result<SourceParse<BenchmarkRow>> {
  const table = readCsvTable(payload, origin, ["model", "arena_score", "95_pct_ci", "votes"]);
  if (!table.ok) return table;
  const found: Found<Rated>[] = [];
  const rejected: Reject[] = [...table.value.rejected];
  for (const { number, cells } of table.value.records) {
    const place = placeOf(`record ${number}`, cells.model);
    const rating = toNumber(cells.arena_score);
    const entry = { model_name: cells.model, rating, leaderboard_publish_date: origin.retrieved };
    const row = toArenaRow(entry, { origin, benchmark: arenaBenchmark(board, "overall") });
    if (typeof row === "string") rejected.push({ place, reason: row });
    else {
      const stderr = toStderr(cells["95_pct_ci"] ?? "");
      found.push({ place, row: { row: { ...row, stderr }, votes: toNumber(cells.votes) ?? 0 } });
    }
  }
  const kept = keepNewest(found);
  return refuseBarren(origin, { rows: kept.rows, rejected: [...rejected, ...kept.rejected] });
}

function keepNewest(found: readonly Found<Rated>[]): SourceParse<BenchmarkRow> {
  const kept = keepOne(found, {
    keyOf: ({ row }) => `${row.benchmark}\n${row.name}`,
    isBetter: isNewer,
    reason: "another row of the same model and category",
  });
  return { rows: kept.rows.map(({ row }) => row), rejected: kept.rejected };
}

const isNewer = (a: Rated, b: Rated): boolean =>
  (a.row.date ?? "") === (b.row.date ?? "") ? a.votes > b.votes : (a.row.date ?? "") > (b.row.date ?? "");

const toNumber = (text: string | undefined): number | null =>
  text === undefined || text === "" ? null : finiteOf(Number(text));

/** "+5/-4" -> standard error; null where it is written in another way. */
function toStderr(interval: string): number | null {
  const match = /^\+(\d+(?:\.\d+)?)\/-(\d+(?:\.\d+)?)$/.exec(interval);
  return match === null ? null : (Number(match[1]) + Number(match[2])) / INTERVAL_WIDTH;
}
