import { describe, expect, it } from "vitest";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

/** Small repeatable generator, so that a failing case can be found again. */
function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("encodeUtf8()", () => {
  it("encodes as TextEncoder does on 2,000 random texts with lone surrogates", () => {
    const random = makeRandom(7);
    const encoder = new TextEncoder();
    for (let n = 0; n < 2000; n++) {
      const units = Array.from({ length: Math.floor(random() * 40) }, () =>
        random() < 0.3 ? 0xd800 + Math.floor(random() * 0x800) : Math.floor(random() ** 3 * 0x10000),
      );
      const text = String.fromCharCode(...units);
      expect([...encodeUtf8(text)]).toEqual([...encoder.encode(text)]);
    }
  });

  it("replaces a lone surrogate by U+FFFD", () => {
    expect([...encodeUtf8("a\ud800b")]).toEqual([0x61, 0xef, 0xbf, 0xbd, 0x62]);
  });
});

describe("decodeUtf8()", () => {
  it("decodes as TextDecoder does on 5,000 random byte strings", () => {
    const random = makeRandom(11);
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    for (let n = 0; n < 5000; n++) {
      const bytes = Uint8Array.from({ length: Math.floor(random() * 12) }, () =>
        random() < 0.2 ? Math.floor(random() * 128) : 0x80 + Math.floor(random() * 128),
      );
      expect(decodeUtf8(bytes)).toBe(decoder.decode(bytes));
    }
  });

  it("returns the text that encodeUtf8() was given when it is well formed", () => {
    const text = "naïve \u{1f680} 漢字 \ufeffعربي \u0000\t\u2581";
    expect(decodeUtf8(encodeUtf8(text))).toBe(text);
  });
});
