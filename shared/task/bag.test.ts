import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { encodeUtf8 } from "../base/utf8.ts";
import { parseBag, runBag } from "./bag.ts";
import type { RawOutputs } from "./classification.ts";

interface TensorSpec {
  readonly name: string;
  readonly dtype: "i8" | "f32";
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly scale: number | null;
}

const f32 = (name: string, shape: readonly number[], values?: readonly number[]): TensorSpec => {
  const size = shape.reduce((a, b) => a * b, 1);
  const given = values ?? Array.from({ length: size }, (_, i) => Math.sin(i + name.length));
  return { name, dtype: "f32", shape, values: given, scale: null };
};

const EMBEDDING: TensorSpec = {
  name: "embedding",
  dtype: "i8",
  shape: [3, 2],
  values: [1, -2, 3, 4, -128, 127],
  scale: 0.5,
};
const TENSORS: readonly TensorSpec[] = [
  EMBEDDING,
  f32("hidden.weight", [2, 2], [1, 0, 0, -1]),
  f32("hidden.bias", [2], [0.25, 0.5]),
  f32("complexity.weight", [2, 3], [1, 2, 3, 4, 5, 6]),
  f32("complexity.bias", [3], [0, 0, 1]),
  f32("task_type.weight", [2, 8]),
  f32("task_type.bias", [8]),
  f32("risk.weight", [2, 3]),
  f32("risk.bias", [3]),
  f32("sub.weight", [2, 8], new Array(16).fill(0)),
  f32("sub.bias", [8], [0, 1, 2, 3, 4, 5, 6, 7]),
];

/** A file of the format of bag.ts. */
function makeFile(tensors: readonly TensorSpec[], changes: { magic?: string; cut?: number } = {}): ArrayBuffer {
  const data: number[] = [];
  const entries = tensors.map(({ name, dtype, shape, values, scale }) => {
    const bytes = [...new Uint8Array((dtype === "i8" ? Int8Array.from(values) : Float32Array.from(values)).buffer)];
    const entry = { name, dtype, shape, scale, offset: data.length, bytes: bytes.length };
    data.push(...bytes);
    return entry;
  });
  const header = encodeUtf8(JSON.stringify({ meta: { note: "é" }, tensors: entries }));
  const length = new Uint8Array(Uint32Array.of(header.length).buffer);
  const head = [...encodeUtf8(changes.magic ?? "SPBAG001"), ...length, ...header];
  const padding = new Array<number>((4 - (head.length % 4)) % 4).fill(0);
  const file = Uint8Array.from([...head, ...padding, ...data]);
  return file.slice(0, file.length - (changes.cut ?? 0)).buffer;
}

function bagOf(buffer: ArrayBuffer) {
  const bag = parseBag(buffer);
  if (!bag.ok) throw new Error(JSON.stringify(bag.fault));
  return bag.value;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

describe("runBag()", () => {
  it("computes pooled rows, hidden layer and heads as worked out by hand", () => {
    // Rows 0, 1, 1: sums (7, 6) x 0.5 / sqrt(3); hidden = relu(v0 + .25, .5 - v1) and the second is below zero.
    const outputs = runBag(bagOf(makeFile(TENSORS)), [0, 1, 1]);
    const hidden = 3.5 / Math.sqrt(3) + 0.25;
    for (const [i, wanted] of [hidden, 2 * hidden, 3 * hidden + 1].entries()) {
      expect(outputs.complexity[i]).toBeCloseTo(wanted, 6);
    }
    expect(outputs.task_type).toHaveLength(8);
    expect(outputs.complexity_sub.spec_completeness).toBeCloseTo(sigmoid(3), 6);
    expect(outputs.risk_sub.security_surface).toBeCloseTo(sigmoid(4), 6);
    expect(outputs.out_of_scope).toBeNull();
  });

  it("answers out_of_scope when the file has that head", () => {
    const tensors = [...TENSORS, f32("out_of_scope.weight", [2, 1], [0, 0]), f32("out_of_scope.bias", [1], [-1])];
    expect(runBag(bagOf(makeFile(tensors)), [2]).out_of_scope).toBeCloseTo(sigmoid(-1), 6);
  });

  it("does not depend on the order of the features", () => {
    const bag = bagOf(makeFile(TENSORS));
    expect(runBag(bag, [2, 0, 1])).toEqual(runBag(bag, [0, 1, 2]));
  });

  it("throws RangeError when an id lies outside the table", () => {
    const bag = bagOf(makeFile(TENSORS));
    for (const id of [-1, 3, 0.5]) expect(() => runBag(bag, [id])).toThrow(RangeError);
  });
});

describe("parseBag()", () => {
  const without = (name: string) => TENSORS.filter((tensor) => tensor.name !== name);
  it.each([
    ["another magic", makeFile(TENSORS, { magic: "SPBAG002" })],
    ["nothing", new ArrayBuffer(0)],
    ["a cut end", makeFile(TENSORS, { cut: 1 })],
    ["no embedding", makeFile(without("embedding"))],
    ["an embedding without scale", makeFile([{ ...EMBEDDING, scale: null }, ...without("embedding")])],
    ["no bias of a head", makeFile(without("risk.bias"))],
    ["a head of another size", makeFile([...without("risk.bias"), f32("risk.bias", [2])])],
    ["a weight that is not finite", makeFile([...without("risk.bias"), f32("risk.bias", [3], [0, 0, Number.NaN])])],
  ])("answers malformed_data when the file has %s", (_, buffer) => {
    expect(parseBag(buffer)).toMatchObject({ ok: false, fault: { kind: "malformed_data" } });
  });

  it("answers a fault, and never throws, when the file is cut anywhere", () => {
    const file = makeFile(TENSORS);
    for (let end = 0; end < file.byteLength; end += 3) expect(parseBag(file.slice(0, end)).ok).toBe(false);
  });
});

const kickoff = new URL("../../models/kickoff-1/fallback/fallback.bin", import.meta.url);
const logits = new URL("../../tests/golden/kickoff-1/fallback.json", import.meta.url);

describe.runIf(existsSync(kickoff) && existsSync(logits))("runBag() on the bundled weights", () => {
  it("gives the trainer's logits and scores within 1e-3", () => {
    type Row = RawOutputs & { readonly features: readonly number[] };
    const rows = JSON.parse(readFileSync(logits, "utf8")) as readonly Row[];
    const file = readFileSync(kickoff);
    const bag = bagOf(file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer);
    const flatten = (raw: RawOutputs) => [
      ...raw.complexity,
      ...raw.task_type,
      ...raw.risk,
      ...Object.values(raw.complexity_sub),
      ...Object.values(raw.risk_sub),
      raw.out_of_scope ?? 0,
    ];
    for (const row of rows) {
      const wanted = flatten(row);
      const differences = flatten(runBag(bag, row.features)).map((value, i) => Math.abs(value - (wanted[i] ?? 0)));
      expect(Math.max(...differences)).toBeLessThan(1e-3);
    }
    expect(rows.length).toBeGreaterThan(0);
  });
});
