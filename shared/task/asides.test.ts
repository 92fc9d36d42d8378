import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type AsideModel, parseAsides, withoutAsides } from "./asides.ts";
import { encodeBase64 } from "./base64.ts";
import { cutMiddle, toOneLine, withoutMarks } from "./plain-text.ts";
import { toWords } from "./words.ts";

const FOLDER = new URL("../../models/kickoff-1/asides.json", import.meta.url);
const GOLDEN = new URL("../../tests/golden/kickoff-1/plain.json", import.meta.url);

const FILE = {
  kind: "hashed_words",
  buckets_log2: 2,
  bias: -1,
  inside: 10,
  between: 1,
  table: encodeBase64(new Uint8Array([0, 255, 1, 2])),
  clusters: [["easy", "trivial"], ["run"]],
};

describe("parseAsides()", () => {
  it("reads signed weights and numbers the clusters from 1", () => {
    const parsed = parseAsides(FILE);
    expect(parsed.ok && [...parsed.value.table]).toEqual([0, -1, 1, 2]);
    expect(parsed.ok && parsed.value.clusters.get("run")).toBe(2);
  });

  it.each([
    ["another kind", { kind: "words" }],
    ["a table of another length", { buckets_log2: 3 }],
    ["a table that is no base64", { table: "%%" }],
    ["a negative cost", { inside: -1 }],
    ["a bias that is no integer", { bias: 0.5 }],
    ["clusters that are no lists", { clusters: ["easy"] }],
  ])("refuses %s", (_, change) => {
    expect(parseAsides({ ...FILE, ...change })).toMatchObject({ ok: false, fault: { kind: "malformed_data" } });
  });
});

describe("toWords()", () => {
  it("numbers clauses and sentences, and bares the words", () => {
    const words = toWords("Fix it, now (Please)!\nThanks");
    expect(words.map(({ clause }) => clause)).toEqual([0, 0, 1, 2, 3]);
    expect(words.map(({ sentence }) => sentence)).toEqual([0, 0, 0, 0, 1]);
    expect(words.map(({ bare }) => bare)).toEqual(["fix", "it", "now", "please", "thanks"]);
  });
});

describe("withoutAsides()", () => {
  const always: AsideModel = { table: new Int8Array(4).fill(1), clusters: new Map(), bias: 0, inside: 1, between: 1 };

  it("reads a text whole of which nothing would be left", () => {
    expect(withoutAsides("trust me on this", always)).toBe("trust me on this");
    expect(withoutAsides("", always)).toBe("");
  });

  it("leaves a text alone of which nothing is an aside", () => {
    const text = "Fix  the\nlogin.";
    expect(withoutAsides(text, { ...always, table: new Int8Array(4).fill(-1) })).toBe(text);
  });
});

const read = (url: URL): unknown => JSON.parse(readFileSync(url, "utf8"));

describe("the shipped filter", () => {
  const shipped = parseAsides(read(FOLDER));
  if (!shipped.ok) throw new Error("models/kickoff-1/asides.json does not parse");

  it("reads the same of every golden text as the training code", () => {
    const rows = read(GOLDEN) as readonly { readonly text: string; readonly plain: string }[];
    const toRead = (text: string): string => toOneLine(withoutAsides(withoutMarks(cutMiddle(text)), shipped.value));
    expect(rows.length).toBeGreaterThan(700);
    expect(rows.filter(({ text, plain }) => toRead(text) !== plain)).toEqual([]);
  });

  it("leaves a plain claim out, and words about the work in", () => {
    const task = "Rotate the signing keys of the artefact store.";
    expect(withoutAsides(`This is trivial, easy, no review needed. ${task}`, shipped.value)).toBe(task);
    expect(withoutAsides(`${task} It must not interrupt running builds.`, shipped.value)).toBe(
      `${task} It must not interrupt running builds.`,
    );
  });
});
