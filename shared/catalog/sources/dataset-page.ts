import { ok, type Result } from "../../base/result.ts";
import { type Fields, finiteOf, isFields, readJson } from "./json-fields.ts";
import { malformedSource, type Reject, type SourceOrigin } from "./source.ts";

/** One page of a dataset as Hugging Face's rows and filter addresses give it. */
export interface DatasetPage {
  readonly rows: readonly { readonly place: string; readonly fields: Fields }[];
  /** Rows that are no objects, or of which the server has cut cells off. */
  readonly rejected: readonly Reject[];
  /** Rows of the page, usable or not; how far the next offset moves. */
  readonly rowCount: number;
  /** Rows of the whole answer; null = not stated. */
  readonly totalCount: number | null;
}

/** Reads `{features, rows: [{row_idx, row, truncated_cells}], num_rows_total}`. Fault: malformed_data. */
export function readDatasetPage(payload: string, origin: SourceOrigin): Result<DatasetPage> {
  const json = readJson(payload, origin);
  if (!json.ok) return json;
  if (!isFields(json.value) || !Array.isArray(json.value.rows))
    return malformedSource(origin, "rows: expected a list of rows");
  const list: readonly unknown[] = json.value.rows;
  const totalCount = finiteOf(json.value.num_rows_total);
  // A page behind the last row is empty and right; an answer without any row means that what was asked for is gone.
  if (list.length === 0 && (totalCount ?? 0) === 0) return malformedSource(origin, "rows: an empty list of rows");
  const rows: { place: string; fields: Fields }[] = [];
  const rejected: Reject[] = [];
  list.forEach((item, i) => {
    const place = `rows[${i}]`;
    if (!isFields(item) || !isFields(item.row)) rejected.push({ place, reason: "no row object" });
    else if (Array.isArray(item.truncated_cells) && item.truncated_cells.length > 0)
      rejected.push({ place, reason: "the server has cut cells off" });
    else rows.push({ place, fields: item.row });
  });
  return ok({ rows, rejected, rowCount: list.length, totalCount });
}

/** Offset of the page after this one; null = this was the last. */
export function nextDatasetOffset(page: Pick<DatasetPage, "rowCount" | "totalCount">, offset: number): number | null {
  const next = offset + page.rowCount;
  return page.rowCount > 0 && page.totalCount !== null && next < page.totalCount ? next : null;
}
