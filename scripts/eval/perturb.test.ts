import { describe, expect, it } from "vitest";
import { toNoiseRows } from "../make-noise.ts";
import { PERTURBATIONS, perturb } from "./perturb.ts";

const TEXTS = [
  "Fix the login crash in src/auth/session.ts when the cookie is empty",
  "Please rename `getUser` to `loadUser`. It is called in three places. Keep the old name for now.",
  "why does npm run build take 4 minutes?",
  'The "Save all" button does nothing:\n\n```ts\nconst saveAll = () => null;\n```\n\nMake it work and add a test.',
  "bump react from 18 to 19",
] as const;
const KEPT = ["src/auth/session.ts", "`getUser`", "`loadUser`", '"Save all"', "const saveAll = () => null;", "18"];

const made = (kind: (typeof PERTURBATIONS)[number], text: string, id = "1") =>
  perturb(kind, { id, text, paraphrases: new Map([["1", "said otherwise"]]) });

const letters = (text: string): string => [...text.toLowerCase().replace(/[^a-z]/g, "")].sort().join("");

describe("perturb()", () => {
  it.each(
    PERTURBATIONS.filter((kind) => kind !== "paraphrase"),
  )("keeps code, names and numbers whole under %s", (kind) => {
    for (const text of TEXTS) {
      const changed = made(kind, text);
      expect(changed).not.toBe(text);
      if (changed === null) continue;
      for (const part of KEPT.filter((p) => text.includes(p))) expect(changed).toContain(part);
    }
  });

  it("gives the same variant for the same id, and other ones for other ids", () => {
    expect(made("typos", TEXTS[1])).toBe(made("typos", TEXTS[1]));
    expect(new Set(["1", "2", "3", "4"].map((id) => made("typos", TEXTS[1], id))).size).toBeGreaterThan(1);
  });

  it.each(["case", "spaces", "quoting"] as const)("changes no letter under %s", (kind) => {
    for (const text of TEXTS) expect(letters(made(kind, text) ?? "")).toBe(letters(text));
  });

  it("takes the paraphrase it is given, and none for another id", () => {
    expect(made("paraphrase", TEXTS[0])).toBe("said otherwise");
    expect(made("paraphrase", TEXTS[0], "2")).toBeNull();
  });

  it("misspells a few words by one letter and leaves short ones", () => {
    const words = (text: string) => text.split(" ");
    const before = words(TEXTS[0]);
    const wrong = words(made("typos", TEXTS[0]) ?? "").filter((word, i) => word !== before[i]);
    expect(wrong).toHaveLength(1);
    expect(made("typos", "do it now")).toBeNull();
  });

  it("widens gaps but keeps the words and their order", () => {
    expect((made("spaces", TEXTS[0]) ?? "").trim().split(/\s+/)).toEqual(TEXTS[0].split(" "));
  });

  it("adds filler around the request, which stays in it", () => {
    const changed = made("filler", TEXTS[4]) ?? "";
    expect(changed).toContain("bump react from 18 to 19");
    expect(changed.length).toBeGreaterThan(TEXTS[4].length + 8);
  });

  it("quotes several lines as a block", () => {
    expect(made("quoting", "one\n\ntwo")).toBe("> one\n>\n> two");
  });

  it("marks up one line as heading, list or bold, and puts a heading over several", () => {
    expect(made("markdown", TEXTS[1])).toMatch(/^(# |- |\*\*)Please rename/);
    expect(made("markdown", "one\ntwo")).toMatch(/^#+ \w+\n\none\ntwo$/);
  });

  it.each([
    ["Fix the crash when the cart is empty.", "When the cart is empty, fix the crash."],
    ["add a filter to the orders page", "to the orders page, add a filter"],
    ["Tidy the cart; keep the API", "Keep the API; tidy the cart"],
    ["Explain our threat model in SECURITY.md", "In SECURITY.md, explain our threat model"],
    ["murder that flaky spec please", "please murder that flaky spec"],
    ["One thing. Then two", "Then two. One thing."],
    ["first block\n\nsecond block", "second block\n\nfirst block"],
    ["it fails:\n    at a (x.js:1)\n    at b (x.js:2)", "    at a (x.js:1)\n    at b (x.js:2)\nit fails:"],
  ])("turns %j round", (text, wanted) => {
    expect(made("order", text)).toBe(wanted);
  });

  it("leaves what cannot be turned round", () => {
    expect(made("order", "add dark mode")).toBeNull();
    expect(made("order", "- one\n- two")).toBeNull();
  });
});

describe("toNoiseRows()", () => {
  it("makes one row a prompt, in the order of the perturbations, without those that change nothing", () => {
    const [row] = toNoiseRows([{ id: "1", text: "add dark mode" }], new Map([["1", "make it dark"]]));
    expect(row).toMatchObject({ id: "1", text: "add dark mode" });
    expect(row?.variants.map(({ kind }) => kind)).toEqual(PERTURBATIONS.filter((kind) => kind !== "order"));
  });
});
