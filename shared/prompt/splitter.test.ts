import { describe, expect, it } from "vitest";
import { toRandom } from "../policy/testing/random-catalog.ts";
import { PARTS_MAX, type Split, splitTask } from "./splitter.ts";
import { SPLITTING, WHOLE } from "./testing/split-cases.ts";

describe("splitTask()", () => {
  it("is tried on at least 60 cases, half of which are one piece of work", () => {
    expect(SPLITTING.length + WHOLE.length).toBeGreaterThanOrEqual(60);
    expect(WHOLE.length).toBeGreaterThanOrEqual(SPLITTING.length);
  });

  it.each(SPLITTING)("splits %j", (task, parts) => {
    const texts = splitTask(task).parts.map(({ text }) => text);
    expect(texts).toHaveLength(parts?.length ?? 0);
    for (const [i, start] of (parts ?? []).entries()) expect(texts[i]?.startsWith(start), texts[i]).toBe(true);
  });

  it.each(WHOLE)("leaves %j whole", (task) => {
    expect(splitTask(task).parts).toEqual([]);
  });

  it("gives every part the goal, the context and the constraints", () => {
    const task =
      "Our shop runs on Rails.\n\nDo this:\n- Add a wishlist page\n- Send price alerts\n\nDo not touch checkout.";
    const { parts, shared } = splitTask(task);
    expect(parts.map(({ text }) => text)).toEqual(["Add a wishlist page", "Send price alerts"]);
    expect(shared).toBe("Our shop runs on Rails.\n\nDo this:\n\nDo not touch checkout.");
  });

  it("keeps code with the part it belongs to, and never cuts it", () => {
    const code = "```sql\n1. SELECT a;\n\n2. DROP b; then c\n```";
    const { parts } = splitTask(`1. Speed up this query:\n${code}\n2. Add an index`);
    expect(parts[0]?.text).toBe(`Speed up this query:\n${code}`);
  });

  it("says an object again for each verb that shares it", () => {
    const { parts } = splitTask("Design, build and deploy a booking site for a dentist");
    expect(parts.map(({ text, phase }) => [text, phase])).toEqual([
      ["Design a booking site for a dentist", "design"],
      ["build a booking site for a dentist", "build"],
      ["deploy a booking site for a dentist", "deploy"],
    ]);
  });

  it("puts neighbours together where there are more than 20 parts", () => {
    const task = Array.from({ length: 3_001 }, (_, i) => `${i + 1}. Write report ${i + 1}`).join("\n");
    const { parts, found } = splitTask(task);
    expect([parts.length, found]).toEqual([PARTS_MAX, 3_001]);
    const words = parts.flatMap(({ text }) => text.match(/\d+/g) ?? []).map(Number);
    expect(words).toEqual(Array.from({ length: 3_001 }, (_, i) => i + 1));
  });
});

/** Letters and digits outside of the segments: what joined the parts, or was lost. */
function wordsBetween(task: string, { segments }: Split): readonly string[] {
  const ends = [0, ...segments.map(({ end }) => end)];
  const starts = [...segments.map(({ start }) => start), task.length];
  return starts.flatMap((start, i) => task.slice(ends[i] ?? 0, start).match(/[\p{L}\p{N}]+/gu) ?? []);
}

const JOINING =
  /^(?:and|then|but|finally|lastly|next|after|that|this|first|second|secondly|third|thirdly|firstly|afterwards|also|please|step|task|part|phase|to|we|i|want|need|you|can|could|would|let|s|x|now|additionally|plus|besides|\d{1,3})$/i;

const PIECES = [
  "Build the API",
  "write tests for it",
  "deploy it to staging",
  "The report is late.",
  "Use Rust.",
  "if it fails, stop",
  "`a; b`",
  "```\n1. x; then y\n```",
  "## Backend",
  "**Notes**",
  "Research competitors",
  "the next page",
  "ünïcödé 日本語",
  "\ud83d\ude80 launch the site",
];
const GLUES = [
  " ",
  ", ",
  " and ",
  ", then ",
  "; ",
  ". ",
  "\n",
  "\n\n",
  "\n- ",
  "\n1. ",
  "\n2) ",
  ". Finally, ",
  ":\n* ",
];

describe("splitTask() by law", () => {
  it("loses no word, keeps the order, and gives the same parts again", () => {
    const random = toRandom(11);
    const one = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? "";
    let splits = 0;
    for (let n = 0; n < 3_000; n += 1) {
      const task = Array.from({ length: 1 + Math.floor(random() * 12) }, () => one(PIECES) + one(GLUES)).join("");
      const split = splitTask(task);
      expect(split.parts.length).not.toBe(1);
      expect(splitTask(task)).toEqual(split);
      if (split.parts.length === 0) continue;
      splits += 1;
      expect(
        split.segments.every(({ start, end }, i) => start < end && start >= (split.segments[i - 1]?.end ?? 0)),
      ).toBe(true);
      expect(
        wordsBetween(task, split).filter((word) => !JOINING.test(word)),
        task,
      ).toEqual([]);
      const said = `${split.shared} ${split.parts.map(({ text }) => text).join(" ")}`;
      for (const { start, end } of split.segments) expect(said).toContain(task.slice(start, end).trim());
      const starts = split.parts.map(({ spans }) => spans[0]?.start ?? -1);
      expect(starts).toEqual([...starts].sort((a, b) => a - b));
    }
    expect(splits).toBeGreaterThan(300);
  });

  it("takes any text", () => {
    const random = toRandom(5);
    const signs = "ab1.;:,-*#`~\"'(){}[]\n\t ¤\ud83d\u0000é—•>";
    for (let n = 0; n < 2_000; n += 1) {
      const text = Array.from(
        { length: Math.floor(random() * 80) },
        () => signs[Math.floor(random() * signs.length)],
      ).join("");
      expect(splitTask(text).parts.length).not.toBe(1);
    }
  });

  it.each([
    ["list", "- Build the page\n"],
    ["sentences", "Build the page. Write tests for it. "],
    ["commas", "Build the page, write tests, "],
    ["one sentence of and", "build the page and "],
    ["to", "Build to build and "],
    ["semicolons", "a; "],
    ["fences", "```\nx\n"],
    ["marks", "(\"`'"],
    ["blanks", " "],
    ["newlines", "\n"],
    ["dashes", "-"],
    ["numbers", "1) a "],
    ["letters", "a"],
    ["full stops", "."],
    ["blanks within a sentence", " ", "Build the page"],
    ["closing marks", ".)"],
    ["steps", ", then build the page"],
    ["quotations", "> - a\n"],
    ["unknown verbs", "- wrap the page\n"],
    ["colons", "Goal: "],
    ["headings", "## Build\n"],
    ["code", "const a = 1;\n"],
  ])("is linear in a long text of %s", (_, unit, before = "") => {
    const timeMs = (bytes: number): number => {
      const text = `${before}${unit.repeat(Math.ceil(bytes / unit.length))}x`;
      const times = [0, 1, 2].map(() => {
        const start = process.cpuUsage();
        splitTask(text);
        const { user, system } = process.cpuUsage(start);
        return (user + system) / 1_000;
      });
      return Math.min(...times);
    };
    // Eight times the text: 8 x where linear, 64 x where quadratic; 30 ms are the clock's and the collector's.
    expect(timeMs(100_000)).toBeLessThan(20 * timeMs(12_500) + 30);
  });
});
