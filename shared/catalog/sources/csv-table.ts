import { csvParseRows } from "d3-dsv";
import { ok, type Result } from "../../base/result.ts";
import { malformedSource, placeOf, type Reject, type SourceOrigin } from "./source.ts";

/** One record of a CSV file: its 1-based record number (the header is 1) and its cells by header name. */
export interface CsvRecord {
  readonly number: number;
  readonly cells: Readonly<Record<string, string>>;
}

export interface CsvTable {
  readonly columns: readonly string[];
  readonly records: readonly CsvRecord[];
  /** Records with more or fewer cells than the header: which cell is missing cannot be known, so none is used. */
  readonly rejected: readonly Reject[];
}

/**
 * CSV text -> records by header name; quoted cells may hold line breaks, blank lines are passed over. Fault
 * malformed_data: another format, a wanted column that is missing or named twice, no record, or a text that breaks
 * off. A text cut exactly at the end of a cell of a last line that has all its cells cannot be told from a whole one:
 * published tables do come without a final line break.
 */
export function readCsvTable(payload: string, origin: SourceOrigin, wanted: readonly string[]): Result<CsvTable> {
  const text = payload.replace(/^\uFEFF/, "");
  const lines = csvParseRows(text);
  const columns = (lines[0] ?? []).map((name) => name.trim());
  const missing = wanted.filter((name) => !columns.includes(name));
  if (missing.length > 0)
    return malformedSource(origin, `record 1: ${describeOther(text)}header lacks ${missing.join(", ")}`);
  const double = wanted.find((name) => columns.indexOf(name) !== columns.lastIndexOf(name));
  if (double !== undefined) return malformedSource(origin, `record 1: header names ${double} twice`);
  const last = lines.length;
  if (last < 2) return malformedSource(origin, "record 2: a header and nothing below it");
  if (breaksOff(text, { cells: lines[last - 1]?.length ?? 0, columns: columns.length }))
    return malformedSource(origin, `record ${last}: the text breaks off`);
  return ok({ columns, ...toRecords(lines.slice(1), columns) });
}

/** What a text without the wanted header seems to be instead; empty for a table with another header. */
function describeOther(text: string): string {
  if (text.trim() === "") return "an empty text: ";
  if (/^\s*</.test(text)) return "an HTML or XML page: ";
  return /^\s*[[{]/.test(text) ? "JSON: " : "";
}

/** A quoted cell left open, or a last line that is short and has no end. */
function breaksOff(text: string, last: { readonly cells: number; readonly columns: number }): boolean {
  const quotes = text.split('"').length - 1;
  return quotes % 2 === 1 || (last.cells < last.columns && !/[\r\n]$/.test(text));
}

function toRecords(
  lines: readonly (readonly string[])[],
  columns: readonly string[],
): Pick<CsvTable, "records" | "rejected"> {
  const records: CsvRecord[] = [];
  const rejected: Reject[] = [];
  lines.forEach((line, i) => {
    const number = i + 2;
    if (line.length === 1 && line[0]?.trim() === "" && columns.length > 1) return;
    if (line.length !== columns.length) {
      const reason = `${line.length} cells under ${columns.length} columns: which are missing is not known`;
      rejected.push({ place: placeOf(`record ${number}`, line[0]), reason });
      return;
    }
    const cells = columns.map((name, column) => [name, (line[column] ?? "").trim()]);
    records.push({ number, cells: Object.fromEntries(cells) });
  });
  return { records, rejected };
}
