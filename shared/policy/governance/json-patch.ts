import type { Json } from "../../base/canonical-json.ts";
import { fail, ok, type Result } from "../../base/result.ts";

/** The operations a file of vectors uses (of RFC 6902); any other is refused. */
const OPERATIONS = ["add", "replace", "remove"];

export interface PatchStep {
  readonly op: string;
  readonly path: string;
  readonly value?: Json;
}

/** A copy of the document with the steps applied in order; `invalid_param` where a step has no place to act on. */
export function applyPatch(document: Json, steps: readonly PatchStep[]): Result<Json> {
  let patched = document;
  for (const step of steps) {
    const isKnown = OPERATIONS.includes(step.op) && (step.path === "" || step.path.startsWith("/"));
    const next = isKnown ? applyStep(patched, toParts(step.path), step) : undefined;
    if (next === undefined)
      return fail({ kind: "invalid_param", field: step.path, message: `Cannot ${step.op} at ${step.path}.` });
    patched = next;
  }
  return ok(patched);
}

const toParts = (pointer: string): readonly string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));

function applyStep(at: Json, [key, ...rest]: readonly string[], step: PatchStep): Json | undefined {
  if (key === undefined) return step.op === "remove" ? undefined : step.value;
  if (at === null || typeof at !== "object") return undefined;
  if (isList(at)) return applyToList(at, [key, ...rest], step);
  const child = Object.hasOwn(at, key) ? at[key] : undefined;
  if (rest.length > 0) {
    const next = child === undefined ? undefined : applyStep(child, rest, step);
    return next === undefined ? undefined : { ...at, [key]: next };
  }
  if (child === undefined && step.op !== "add") return undefined;
  if (step.op === "remove") return Object.fromEntries(Object.entries(at).filter(([name]) => name !== key));
  return step.value === undefined ? undefined : { ...at, [key]: step.value };
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** The list with the item at `i` replaced by these. */
const replaceAt = (list: readonly Json[], i: number, items: readonly Json[]): readonly Json[] => [
  ...list.slice(0, i),
  ...items,
  ...list.slice(i + 1),
];

/** As RFC 6901 spells it: an empty part is no first item. */
const LIST_INDEX = /^(0|[1-9]\d*)$/;

function applyToList(list: readonly Json[], [key = "", ...rest]: readonly string[], step: PatchStep): Json | undefined {
  const i = key === "-" ? list.length : LIST_INDEX.test(key) ? Number(key) : -1;
  const { op, value } = step;
  const last = op === "add" && rest.length === 0 ? list.length : list.length - 1;
  if (i < 0 || i > last) return undefined;
  if (rest.length > 0) {
    const child = list[i];
    const next = child === undefined ? undefined : applyStep(child, rest, step);
    return next === undefined ? undefined : replaceAt(list, i, [next]);
  }
  if (op === "remove") return replaceAt(list, i, []);
  if (value === undefined) return undefined;
  return op === "add" ? [...list.slice(0, i), value, ...list.slice(i)] : replaceAt(list, i, [value]);
}
