import { csvParseRows } from "d3-dsv";

/** One record of a CSV file: its 1-based record number (the header is 1) and its cells by header name. */
export interface CsvRecord {
  readonly number: number;
  readonly cells: Readonly<Record<string, string>>;
}

/**
 * CSV text -> records by header name, or the names of wanted columns that the header lacks. Quoted cells may hold
 * line breaks. Records shorter than the header get "" for the missing cells: the caller treats blank as absent.
 */
export function readCsvTable(
  payload: string,
  wanted: readonly string[],
): { readonly records: readonly CsvRecord[]; readonly missing: readonly string[] } {
  const [header = [], ...lines] = csvParseRows(payload.replace(/^\uFEFF/, ""));
  const names = header.map((name) => name.trim());
  const missing = wanted.filter((name) => !names.includes(name));
  if (missing.length > 0) return { records: [], missing };
  const records = lines.map((line, i) => ({
    number: i + 2,
    cells: Object.fromEntries(names.map((name, column) => [name, (line[column] ?? "").trim()])),
  }));
  return { records, missing };
}
