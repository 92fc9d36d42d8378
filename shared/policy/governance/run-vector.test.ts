import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, test } from "vitest";
import type { Json } from "../../base/canonical-json.ts";
import { baseOf, parseVectorFile, runVector, type Vector } from "./run-vector.ts";
import { VECTOR_OPS } from "./vector-ops.ts";

const MADE = join(import.meta.dirname, "testing/made-vectors.json");
const OPEN = join(import.meta.dirname, "../../../../shared/data/governance_open.json");
const isAbsent = !existsSync(OPEN);

const readJson = (file: string): Json => JSON.parse(readFileSync(file, "utf8"));

function readVectors(file: string): { readonly base: Json; readonly vectors: readonly Vector[] } {
  const parsed = parseVectorFile(readJson(file));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.fault));
  return { base: readJson(join(dirname(file), parsed.value.baseFile)), vectors: parsed.value.vectors };
}

describe("on the shipped roles", () => {
  const { base, vectors } = readVectors(MADE);

  it.each(vectors.map((vector) => [vector.id, vector] as const))("%s", (_, vector) => {
    expect(runVector(base, vector)).toBeNull();
  });

  it("tries every operation", () => {
    expect([...new Set(vectors.map(({ op }) => op))].sort()).toEqual(Object.keys(VECTOR_OPS).sort());
  });
});

test.skipIf(isAbsent)(
  `runVector() passes all open vectors${isAbsent ? " (skipped: governance_open.json is not at hand)" : ""}`,
  () => {
    const { base, vectors } = readVectors(OPEN);
    expect(vectors).toHaveLength(136);
    expect(vectors.map((vector) => runVector(base, vector)).filter((says) => says !== null)).toEqual([]);
  },
);

describe("runVector()", () => {
  const vector: Vector = { id: "a", op: "throttle", input: { parallelism: 4, wave: [] }, expect: { parallelism: 4 } };

  it("names the place when an answer differs", () => {
    expect(runVector({}, { ...vector, expect: { parallelism: 3 } })).toBe("/parallelism: expected 3, got 4");
    expect(runVector({}, { ...vector, expect: { parallelism: [3] } })).toContain("/parallelism");
    expect(runVector({}, { ...vector, expect: { parallelism: { a: 1 } } })).toContain("/parallelism");
  });

  it("fails a vector that cannot be read, and goes on", () => {
    expect(runVector({}, { ...vector, op: "cost_cap", input: { main_cost_tier: "gold" } })).toContain(
      "not a cost tier",
    );
    const patch = { ...vector, op: "validate_file", input: { check: "shape", patch: ["add"] } };
    expect(runVector({}, patch)).toContain("cannot be tried");
  });

  it("fails a vector whose operation or base file it cannot use", () => {
    expect(runVector({}, { ...vector, op: "toString" })).toContain("no operation");
    expect(runVector({}, { ...vector, op: "resolve" })).not.toBeNull();
  });
});

describe("baseOf()", () => {
  it("tells a vector's own base from the file's", () => {
    const vector: Vector = { id: "a", op: "validate_file", input: { base: "b.json" }, expect: {} };
    expect([baseOf(vector), baseOf({ ...vector, input: {} }), baseOf({ ...vector, input: null })]).toEqual([
      ...["b.json", null, null],
    ]);
  });
});

describe("parseVectorFile()", () => {
  it.each<[string, Json]>([
    ["no object", []],
    ["no base file", { vectors: [] }],
    ["no vectors", { base_file: "a.json" }],
    ["a vector without an expectation", { base_file: "a.json", vectors: [{ id: "a", op: "b", input: {} }] }],
  ])("refuses %s", (_, document) => {
    expect(parseVectorFile(document)).toMatchObject({ ok: false, fault: { kind: "malformed_data" } });
  });
});
