import type { Json } from "../../base/canonical-json.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { isRecord } from "./routing-file.ts";
import { VECTOR_OPS } from "./vector-ops.ts";

/** One case of a file of vectors; every member of `expect` has to be in the answer as it stands there. */
export interface Vector {
  readonly id: string;
  readonly op: string;
  readonly input: Json;
  readonly expect: Json;
}

/** The file that a vector's own input names as its base, beside the file of vectors; null = that file's own. */
export const baseOf = ({ input }: Vector): string | null =>
  isRecord(input) && typeof input.base === "string" ? input.base : null;

/** null = passed. A vector that asks for something unknown has failed. */
export function runVector(base: Json, vector: Vector): string | null {
  const op = Object.hasOwn(VECTOR_OPS, vector.op) ? VECTOR_OPS[vector.op] : undefined;
  if (op === undefined) return `there is no operation "${vector.op}"`;
  try {
    return findDifference(vector.expect, toWire(op(base, vector.input)), "");
  } catch (error) {
    // One case that cannot be read costs that case, not the file.
    return `it cannot be tried: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Our answers in the spelling of the vectors: snake case, and absent where we say null. */
function toWire(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toWire);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      toWire(member),
    ]),
  );
}

/** The first place where the answer is not what was expected; a further member of an object is no difference. */
function findDifference(expected: unknown, actual: unknown, path: string): string | null {
  const differs = (): string => `${path || "/"}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`;
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return differs();
    return (
      expected.map((item, i) => findDifference(item, actual[i], `${path}/${i}`)).find((one) => one !== null) ?? null
    );
  }
  if (isRecord(expected)) {
    if (!isRecord(actual)) return differs();
    const found = Object.entries(expected).map(([key, member]) =>
      findDifference(member, actual[key], `${path}/${key}`),
    );
    return found.find((one) => one !== null) ?? null;
  }
  return expected === actual ? null : differs();
}

export interface VectorFile {
  readonly baseFile: string;
  readonly vectors: readonly Vector[];
}

/** A file of vectors as it came out of JSON.parse; fault `malformed_data`. */
export function parseVectorFile(document: Json): Result<VectorFile> {
  const broken = (detail: string) => fail({ kind: "malformed_data", what: "vectors", detail });
  if (!isRecord(document)) return broken("an object is wanted");
  const { base_file, vectors } = document;
  if (typeof base_file !== "string") return broken("base_file is not a text");
  if (!Array.isArray(vectors)) return broken("vectors is not a list");
  const at = vectors.findIndex((one) => !isVector(one));
  return at === -1
    ? ok({ baseFile: base_file, vectors: vectors.filter(isVector) })
    : broken(`vector ${at} has no id, op, input and expect`);
}

const isVector = (value: unknown): value is Vector =>
  isRecord(value) &&
  typeof value.id === "string" &&
  typeof value.op === "string" &&
  value.input !== undefined &&
  value.expect !== undefined;
