import { describe, expect, it } from "vitest";
import { protectCode } from "./protect.ts";

/** The protected text with every protected part shown as one star. */
const stars = (text: string): string => protectCode(text).text.replace(/[\ue000-\uf8ff]/g, "*");

describe("protectCode()", () => {
  it.each([
    ["Rename `foo bar` in src/a.ts, please", "Rename * in *, please"],
    ["see https://a.b/c?d=1 (v2.0.1).", "see * (*)."],
    ["Call parseRow() on user_id and fooBar in README", "Call * on * and * in *"],
    ["Bump React from 18 to 19", "Bump * from * to *"],
    ['the "Save changes" button', "the * button"],
    ["Fix it. The cart breaks", "Fix it. The cart breaks"],
    ["do it, e.g. here etc. now", "do it, * here * now"],
    ["What I don't get: it's well-known", "What I don't get: it's well-known"],
    ["run:\n```sh\nrm -rf x\n\nls\n```\nthen stop", "run:\n*\nthen stop"],
    ["it fails:\n    at foo (a.js:1)\n    at bar (b.js:2)", "it fails:\n*\n*"],
    ["> quoted\n- item", "> quoted\n- item"],
  ])("leaves only the prose of %j", (text, wanted) => {
    expect(stars(text)).toBe(wanted);
  });

  it("restores any rearrangement, private characters of the text's own included", () => {
    const text = 'Move `a` and "b c" from x/y.ts to \ue000odd, or `\ue001`';
    const { text: prose, restore } = protectCode(text);
    expect(restore(prose)).toBe(text);
    expect(restore(prose.split(" ").reverse().join(" ")).length).toBe(text.length);
  });
});
