import { describe, expect, it } from "vitest";
import { PLAIN_REQUEST } from "../../policy/decision.ts";
import { toCatalog, toInput, toTask } from "../../policy/testing/made-input.ts";
import { splitTask } from "../../prompt/splitter.ts";
import prompts from "../../prompt/testing/judged-prompts.json" with { type: "json" };
import { type Decomposition, decompose } from "./decompose.ts";

interface Judged {
  readonly task: string;
  readonly parts: readonly number[];
  readonly after?: readonly (readonly string[])[];
  readonly apart?: readonly (readonly string[])[];
}

const { classification: _c, outcomes: _o, ...input } = toInput([]);
const world = { ...input, catalog: toCatalog([]), request: PLAIN_REQUEST, outcomes: [] };
/** Says nothing of the kind of work, so that the words alone do. */
const unsure = { ...toTask({}), abstained_heads: ["task_type"] as const };

const plan = (task: string): Decomposition => {
  const split = splitTask(task);
  return decompose(
    split,
    split.parts.map(() => unsure),
    world,
  );
};

/** The part that begins with `words`, else the first that has them; `not` is another one. */
function findPart({ parts }: Decomposition, words: string | undefined, not = -1): number {
  const said = (words ?? "").toLowerCase();
  const texts = parts.map(({ text }, i) => (i === not ? "" : text.toLowerCase()));
  const start = texts.findIndex((text) => text.startsWith(said));
  return start === -1 ? texts.findIndex((text) => text.includes(said)) : start;
}

const waits = (decomposition: Decomposition, to: number, from: number): boolean =>
  decomposition.edges.some((edge) => edge.to === to && (edge.from === from || waits(decomposition, edge.from, from)));

const countsWell = ({ parts: [least = 1, most = 1] }: Judged, { parts }: Decomposition): boolean => {
  const count = Math.max(1, parts.length);
  return count >= least && count <= most;
};

function ordersWell({ after = [], apart = [] }: Judged, decomposition: Decomposition): boolean {
  const waiting = after.every(([later, earlier]) => {
    const to = findPart(decomposition, later);
    const from = findPart(decomposition, earlier, to);
    return to !== -1 && from !== -1 && waits(decomposition, to, from);
  });
  const parted = apart.every(([one, two]) => {
    const a = findPart(decomposition, one);
    const b = findPart(decomposition, two, a);
    return a !== -1 && b !== -1 && !waits(decomposition, a, b) && !waits(decomposition, b, a);
  });
  return waiting && parted;
}

/** Whole tasks that stay whole, and all tasks whose parts and order are as judged. */
function score(judged: readonly Judged[]): {
  readonly whole: number;
  readonly wholeOf: number;
  readonly right: number;
} {
  const seen = judged.map((row) => ({ row, decomposition: plan(row.task) }));
  const whole = seen.filter(({ row }) => row.parts[1] === 1);
  const right = seen.filter(({ row, decomposition }) => {
    // A task that may stay whole has no order then.
    const isWhole = decomposition.parts.length === 0 && row.parts[0] === 1;
    return countsWell(row, decomposition) && (isWhole || ordersWell(row, decomposition));
  });
  const keptWhole = whole.filter(({ decomposition }) => decomposition.parts.length === 0);
  return { whole: keptWhole.length, wholeOf: whole.length, right: right.length };
}

describe("decompose() on judged prompts", () => {
  it("has at least 120 that its rules were made on and 60 kept aside", () => {
    expect(prompts.seen.length).toBeGreaterThanOrEqual(120);
    expect(prompts.kept.length).toBeGreaterThanOrEqual(60);
  });

  it("leaves what is one piece of work whole", () => {
    const kept = score(prompts.kept);
    expect(kept.whole).toBe(kept.wholeOf);
    const seen = score(prompts.seen);
    expect(seen.wholeOf - seen.whole).toBeLessThanOrEqual(1);
  });

  it("does not fall behind what it reached", () => {
    expect(score(prompts.kept).right).toBeGreaterThanOrEqual(54);
    expect(score(prompts.seen).right).toBeGreaterThanOrEqual(157);
  });

  it("leaves whole what a second judge calls one piece, and does not fall behind on the rest", () => {
    const kept = score(prompts.second.kept);
    expect(prompts.second.kept).toHaveLength(52);
    expect(kept.whole).toBe(kept.wholeOf);
    expect(kept.right).toBeGreaterThanOrEqual(36);
    const seen = score(prompts.second.seen);
    expect(seen.whole).toBe(seen.wholeOf);
    expect(seen.right).toBeGreaterThanOrEqual(176);
  });
});
