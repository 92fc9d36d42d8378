import { describe, expect, it } from "vitest";
import { unpackFile } from "../shared/task/packed-file.ts";
import { packFile } from "./pack-file.ts";

/** Seeded, so that a failure comes back. */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const random = makeRandom(1);
/** Near a bell: most weights are small. */
const bell = (): number => random() + random() + random() + random() - 2;

const bytesOf = (length: number, byte: (i: number) => number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => byte(i));
const levels = (length: number, step: number, width: number): Uint8Array =>
  bytesOf(length, () => Math.max(-15, Math.min(15, Math.round(bell() * width))) * step);
const floats = (length: number): Uint8Array => new Uint8Array(Float32Array.from({ length }, bell).buffer);
const noise = (length: number): Uint8Array => bytesOf(length, () => random() * 256);

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function partsOf(packed: Uint8Array): readonly { readonly kind: string; readonly escapes?: number }[] {
  const length = new DataView(packed.buffer).getUint32(8, true);
  return JSON.parse(Buffer.from(packed.subarray(12, 12 + length)).toString("utf8")).parts;
}

describe("packFile()", () => {
  it.each([
    ["nothing", new Uint8Array(0)],
    ["one byte", bytesOf(1, () => 8)],
    ["zeros", new Uint8Array(50_000)],
    ["text", bytesOf(40_001, (i) => 97 + (i % 7))],
    ["noise of an odd length", noise(33_333)],
    ["coarse levels with escapes", levels(65_536, 8, 5)],
    ["coarse levels of the widest step", levels(65_536, 8, 15)],
    ["the least int8 among coarse levels", bytesOf(32_768, (i) => (i % 100 === 0 ? -128 : 8 * (i % 5)))],
    ["neighbouring stretches of other steps", join(levels(32_768, 8, 3), levels(32_768, 6, 3), levels(32_768, 5, 3))],
    ["floats", floats(20_000)],
    [
      "all of them in a row",
      join(
        noise(8_192),
        levels(65_536, 8, 3),
        floats(16_384),
        bytesOf(77, () => 1),
      ),
    ],
  ])("gives back %s byte for byte", (_, source) => {
    const unpacked = unpackFile(packFile(source).buffer);
    expect(unpacked.ok).toBe(true);
    if (unpacked.ok) expect(Buffer.compare(new Uint8Array(unpacked.value), source)).toBe(0);
  });

  it("lays coarse levels out as nibbles, floats as planes, and leaves noise alone", () => {
    const kinds = (source: Uint8Array) => partsOf(packFile(source)).map(({ kind }) => kind);
    expect(kinds(levels(65_536, 8, 3))).toEqual(["nibbles"]);
    expect(kinds(floats(32_768))).toEqual(["planes"]);
    expect(kinds(noise(65_536))).toEqual(["raw"]);
  });

  it("keeps levels beyond seven as escapes", () => {
    const source = levels(65_536, 8, 5);
    const beyond = [...new Int8Array(source)].filter((value) => Math.abs(value) > 7 * 8).length;
    expect(partsOf(packFile(source))).toEqual([{ kind: "nibbles", bytes: 65_536, step: 8, escapes: beyond }]);
    expect(beyond).toBeGreaterThan(0);
  });
});
