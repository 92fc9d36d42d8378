import { existsSync, readFileSync } from "node:fs";
import type { CatalogId } from "../shared/catalog/aliases.ts";
import { UsageError } from "./host/usage-error.ts";

/** A name to resolve as a list states it; `fields` are all fields of its object, to be echoed. */
export interface ListedName {
  readonly source: string | undefined;
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Reads a JSON list of names: objects with `name` and perhaps `source`, or the names alone. The list may stand in an
 * object as its only array (`{"meta": ..., "pairs": [...]}`). Throws a UsageError that names the file and the place.
 */
export function readNameList(file: string): readonly ListedName[] {
  return readList(file).map((entry, i) => {
    if (typeof entry === "string" && entry.trim() !== "")
      return { source: undefined, name: entry, fields: { name: entry } };
    const { name, source } = isRecord(entry) ? entry : {};
    if (!isRecord(entry) || typeof name !== "string" || name.trim() === "")
      throw new UsageError(`Cannot read ${file}: entry ${i + 1} is not a name or an object with a "name".`);
    if (source !== undefined && source !== null && typeof source !== "string")
      throw new UsageError(`Cannot read ${file}: "source" of entry ${i + 1} ("${name}") is not a text.`);
    return { source: source ?? undefined, name, fields: entry };
  });
}

/**
 * Reads a JSON list of catalogue ids: the ids alone, or objects with `id` and, where known, `name`, `canonical_slug`,
 * `hugging_face_id` and `created` (seconds) or `release_date`. Throws a UsageError that names the file and the place.
 */
export function readIdList(file: string): readonly CatalogId[] {
  const ids = readList(file).map((entry, i): CatalogId => {
    if (typeof entry === "string" && entry.trim() !== "") return { id: entry };
    if (!isRecord(entry) || typeof entry.id !== "string" || entry.id.trim() === "")
      throw new UsageError(`Cannot read ${file}: entry ${i + 1} is not an id or an object with an "id".`);
    return {
      id: entry.id,
      name: textOf(entry.name),
      canonicalSlug: textOf(entry.canonical_slug),
      huggingFaceId: textOf(entry.hugging_face_id),
      released: toReleased(entry),
    };
  });
  if (ids.length === 0) throw new UsageError(`Cannot use ${file}: it lists no id to resolve against.`);
  return ids;
}

function readList(file: string): readonly unknown[] {
  if (!existsSync(file)) throw new UsageError(`Cannot read ${file}: there is no such file.`);
  const value = parse(file);
  if (Array.isArray(value)) return value;
  const arrays = isRecord(value) ? Object.values(value).filter((part) => Array.isArray(part)) : [];
  const [only] = arrays;
  if (arrays.length !== 1 || only === undefined)
    throw new UsageError(`Cannot read ${file}: expected a JSON list, or an object that holds one list.`);
  return only;
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(`Cannot read ${file}: ${error instanceof Error ? error.message : error}`);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** Largest time a Date can hold, in seconds. */
const LAST_SECOND = 8.64e12;

function toReleased({ created, release_date: stated, released }: Record<string, unknown>): string | null {
  if (typeof created === "number" && created > 0 && created < LAST_SECOND)
    return new Date(created * 1000).toISOString().slice(0, 10);
  return textOf(stated) ?? textOf(released);
}
