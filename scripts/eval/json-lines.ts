import type { Result } from "../../shared/base/result.ts";
import { fail, ok } from "../../shared/base/result.ts";

/** Text of a JSON-lines file and the name that faults give it. */
export interface LinesFile {
  readonly name: string;
  readonly text: string;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const malformed = (what: string, detail: string) => fail({ kind: "malformed_data", what, detail });

/** A row's reader says what is wrong with it in a text; the line is added here. */
export type ReadRow<T> = (json: JsonObject) => T | { readonly wrong: string };

const isWrong = (read: unknown): read is { readonly wrong: string } => isObject(read) && typeof read.wrong === "string";

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Every row of the file, blank lines skipped; `malformed_data` names the first line that does not fit. */
export function parseLines<T>(file: LinesFile, readRow: ReadRow<T>): Result<readonly T[]> {
  const rows: T[] = [];
  // A byte order mark is no part of the first row.
  for (const [index, line] of file.text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === "") continue;
    const what = `${file.name} line ${index + 1}`;
    const json = parseJson(line);
    if (!isObject(json)) return malformed(what, "is no JSON object");
    const row = readRow(json);
    if (isWrong(row)) return malformed(what, row.wrong);
    rows.push(row);
  }
  return rows.length === 0 ? malformed(file.name, "has no rows") : ok(rows);
}

/** A value as a fault quotes it: short, and "missing" where there is none. */
export function quote(value: unknown): string {
  const text = value === undefined ? "missing" : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

export const isText = (value: unknown): value is string => typeof value === "string" && value.trim() !== "";
