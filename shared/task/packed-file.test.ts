import { describe, expect, it } from "vitest";
import { encodeUtf8 } from "../base/utf8.ts";
import { unpackFile } from "./packed-file.ts";

function makeFile(header: unknown, data: readonly number[], magic = "SPPACK01"): ArrayBuffer {
  const json = encodeUtf8(typeof header === "string" ? header : JSON.stringify(header));
  const length = new Uint8Array(Uint32Array.of(json.length).buffer);
  return Uint8Array.from([...encodeUtf8(magic), ...length, ...json, ...data]).buffer;
}

const PARTS = [
  { kind: "raw", bytes: 4 },
  { kind: "planes", bytes: 8 },
  { kind: "nibbles", bytes: 6, step: 8, escapes: 2 },
];
/** Pairs by hand: 1 and -1; an escape and 7; 0 and an escape. */
const PAIRS = [0xf1, 0x78, 0x80];
const DATA = [1, 2, 3, 4, 10, 20, 11, 21, 12, 22, 13, 23, ...PAIRS, 120, 200];
const FILE = makeFile({ bytes: 18, parts: PARTS }, DATA);

describe("unpackFile()", () => {
  it("gives the bytes worked out by hand", () => {
    const unpacked = unpackFile(FILE);
    expect(unpacked.ok && [...new Uint8Array(unpacked.value)]).toEqual([
      ...[1, 2, 3, 4],
      ...[10, 11, 12, 13, 20, 21, 22, 23],
      ...[8, 256 - 8, 120, 56, 0, 200],
    ]);
  });

  it("answers a fault, and never throws, when the file is cut anywhere or goes on", () => {
    for (let end = 0; end < FILE.byteLength; end++) expect(unpackFile(FILE.slice(0, end)).ok).toBe(false);
    expect(unpackFile(makeFile({ bytes: 18, parts: PARTS }, [...DATA, 0])).ok).toBe(false);
  });

  const only = (part: unknown, bytes: number, data: readonly number[]) => makeFile({ bytes, parts: [part] }, data);
  const beside = (part: { readonly kind: string; readonly bytes: number }, data: readonly number[]) =>
    makeFile({ bytes: 1 + part.bytes, parts: [{ kind: "raw", bytes: 1 }, part] }, [0, ...data]);
  it.each([
    ["another magic", makeFile({ bytes: 0, parts: [] }, [], "SPPACK02")],
    ["a header that is no JSON", makeFile("{", [])],
    ["a header that is null", makeFile("null", [])],
    ["no list of parts", makeFile({ bytes: 0, parts: 7 }, [])],
    ["a part of an unknown kind", only({ kind: "zip", bytes: 1 }, 1, [1])],
    ["a part of a negative length", only({ kind: "raw", bytes: -1 }, -1, [])],
    ["words cut in the middle", only({ kind: "planes", bytes: 6 }, 6, [1, 2, 3, 4, 5, 6])],
    ["a part that begins inside a word", beside({ kind: "planes", bytes: 4 }, [1, 2, 3, 4])],
    ["half a pair", only({ kind: "nibbles", bytes: 1, step: 8, escapes: 0 }, 1, [1])],
    ["a step beyond int8", only({ kind: "nibbles", bytes: 2, step: 19, escapes: 0 }, 2, [1])],
    ["more escapes than pairs name", only({ kind: "nibbles", bytes: 2, step: 8, escapes: 1 }, 2, [0, 9])],
    ["fewer escapes than pairs name", only({ kind: "nibbles", bytes: 2, step: 8, escapes: 0 }, 2, [0x08])],
    ["another sum of its parts", only({ kind: "raw", bytes: 1 }, 2, [1])],
  ])("answers malformed_data when the file has %s", (_, file) => {
    expect(unpackFile(file)).toMatchObject({ ok: false, fault: { kind: "malformed_data" } });
  });
});
