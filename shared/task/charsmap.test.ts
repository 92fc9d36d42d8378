import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeUtf8, encodeUtf8 } from "../base/utf8.ts";
import { decodeBase64 } from "./base64.ts";
import type { Charsmap } from "./charsmap.ts";
import { matchCharsmap, parseCharsmap } from "./charsmap.ts";
import { parseSpmModel } from "./spm-model.ts";

function readNmtNfkc(): Charsmap {
  const model = parseSpmModel(
    readFileSync(new URL("../../tests/golden/tokenizer/nmt_nfkc.spm.model", import.meta.url)),
  );
  const bytes = model.ok ? decodeBase64(model.value.charsmap ?? "") : null;
  const map = bytes === null ? null : parseCharsmap(bytes);
  if (map === null || !map.ok) throw new Error("the golden model has no charsmap");
  return map.value;
}

const map = readNmtNfkc();

/** Replacement and length of the match at the start of `text`, or null. */
function match(text: string): readonly [string, number] | null {
  const found = matchCharsmap(map, encodeUtf8(text), 0);
  return found === null ? null : [decodeUtf8(found.replacement), found.length];
}

describe("matchCharsmap()", () => {
  it("replaces ligatures, wide letters and odd spaces, and deletes a control", () => {
    expect(match("\ufb01x")).toEqual(["fi", 3]);
    expect(match("\uff21")).toEqual(["A", 3]);
    expect(match("\u3000")).toEqual([" ", 3]);
    expect(match("\u0001")).toEqual(["", 1]);
  });

  it("takes the longest key: a letter with its combining mark", () => {
    expect(match("e\u0301x")).toEqual(["\u00e9", 3]);
  });

  it("answers null when no key starts there", () => {
    expect(match("plain")).toBeNull();
    expect(match("")).toBeNull();
  });
});

describe("parseCharsmap()", () => {
  it("answers malformed_data when the lengths do not fit", () => {
    for (const bytes of [
      [],
      [1, 0, 0, 0],
      [0, 0, 0, 0, 1, 2, 3, 4],
      [6, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7],
      [200, 0, 0, 0, 1, 2, 3, 4, 5],
    ]) {
      expect(parseCharsmap(Uint8Array.from(bytes))).toMatchObject({ ok: false, fault: { kind: "malformed_data" } });
    }
  });

  it("reads past no table when a trie points outside itself", () => {
    const parsed = parseCharsmap(Uint8Array.from([4, 0, 0, 0, 0, 255, 255, 127, 65, 0]));
    if (!parsed.ok) throw new Error("the table should parse");
    expect(matchCharsmap(parsed.value, encodeUtf8("anything"), 0)).toBeNull();
  });
});
