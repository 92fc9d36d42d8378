import { describe, expect, it } from "vitest";
import { toRandom } from "../../policy/testing/random-catalog.ts";
import { ARTIFACTS, namedArtifacts, PHASES, type Phase, thingWords } from "../../prompt/work-words.ts";
import { type Edge, linkParts, PARALLEL_MAX, type PartFacts, toWaves } from "./dag.ts";
import { readThings } from "./noun-phrases.ts";

const part = (phase: Phase, text = "", over: Partial<PartFacts> = {}): PartFacts => ({
  phase,
  artifacts: namedArtifacts(text),
  words: thingWords(text),
  things: readThings(text),
  isGround: false,
  follows: "nothing",
  number: null,
  refersTo: [],
  pointsBack: false,
  ...over,
});
const pairs = (edges: readonly Edge[]): readonly string[] => edges.map(({ from, to, type }) => `${from}>${to} ${type}`);

describe("linkParts()", () => {
  it("puts design before build before test, whatever the order of the text", () => {
    expect(pairs(linkParts([part("test"), part("build"), part("design")]))).toEqual(["1>0 phase", "2>1 phase"]);
  });

  it("lets independent builds run side by side, between the design and the release", () => {
    const edges = linkParts([
      part("design"),
      part("build", "the cart page"),
      part("build", "the CSV importer"),
      part("deploy"),
    ]);
    expect(pairs(edges)).toEqual(["0>1 phase", "0>2 phase", "1>3 phase", "2>3 phase"]);
  });

  it("lets a logo wait for nothing that runs below the page", () => {
    const edges = linkParts([part("design", "a logo"), part("build", "the landing page"), part("build", "the queue")]);
    expect(pairs(edges)).toEqual(["0>1 phase"]);
    expect(pairs(linkParts([part("design", "a logo"), part("build", "the queue")]))).toEqual(["0>1 phase"]);
  });

  it("makes tests wait for the code they test, and for no other", () => {
    const edges = linkParts([part("build", "the API"), part("build", "the logo"), part("test", "tests for the API")]);
    expect(pairs(edges)).toEqual(["0>2 phase"]);
    const unnamed = linkParts([part("build", "the API"), part("build", "the logo"), part("test", "everything")]);
    expect(pairs(unnamed)).toEqual(["0>2 phase", "1>2 phase"]);
  });

  it("writes docs beside the tests and releases after the tests", () => {
    const edges = linkParts([part("build"), part("test"), part("docs"), part("deploy")]);
    expect(pairs(edges)).toEqual(["0>1 phase", "0>2 phase", "1>3 phase", "2>3 phase"]);
  });

  it("builds the schema before the API on it, and the page on the API after both", () => {
    const edges = linkParts([
      part("build", "the page that calls the API"),
      part("build", "the API on the users table"),
      part("build", "the users table"),
    ]);
    expect(pairs(edges)).toEqual(["1>0 artifact", "2>1 artifact"]);
  });

  it("follows the text where it says `then`, `finally` or `after step 2`, also against the phases", () => {
    const then = [part("deploy"), part("test", "", { follows: "previous" })];
    expect(pairs(linkParts(then))).toEqual(["0>1 temporal"]);
    const last = [part("build"), part("build"), part("build", "", { follows: "all" })];
    expect(pairs(linkParts(last))).toEqual(["0>2 temporal", "1>2 temporal"]);
    const named = [part("build", "", { number: 1, refersTo: [2] }), part("build", "", { number: 2 })];
    expect(pairs(linkParts(named))).toEqual(["1>0 temporal"]);
  });

  it("takes numbers for a count, not for an order: tests wait for their code wherever they are named", () => {
    const numbered = (...phases: readonly Phase[]) => phases.map((phase, i) => part(phase, "", { number: i + 1 }));
    expect(pairs(linkParts(numbered("test", "build")))).toEqual(["1>0 phase"]);
    expect(pairs(linkParts(numbered("test", "build", "design")))).toEqual(["1>0 phase", "2>1 phase"]);
  });

  it("leaves out what would close a circle", () => {
    const circle = [part("build", "", { number: 1, refersTo: [2] }), part("build", "", { number: 2, refersTo: [1] })];
    expect(linkParts(circle)).toHaveLength(1);
  });
});

describe("linkParts() and toWaves() by law", () => {
  it("make no circle, say nothing twice, and put each part after what it needs", () => {
    const random = toRandom(7);
    const below = (n: number): number => Math.floor(random() * n);
    for (let n = 0; n < 1_000; n += 1) {
      const parts = Array.from({ length: 2 + below(19) }, (_, i) =>
        part(PHASES[below(PHASES.length)] ?? "build", "", {
          artifacts: Array.from({ length: below(4) }, () => ARTIFACTS[below(ARTIFACTS.length)] ?? "api"),
          follows: (["nothing", "nothing", "previous", "all"] as const)[below(4)] ?? "nothing",
          number: i + 1,
          refersTo: random() < 0.2 ? [1 + below(20)] : [],
          pointsBack: random() < 0.2,
        }),
      );
      const edges = linkParts(parts);
      const maxParallel = 1 + below(PARALLEL_MAX);
      const waves = toWaves(parts.length, edges, maxParallel);
      const waveOf = (i: number): number => waves.findIndex((wave) => wave.includes(i));
      expect(waves.flat().sort((a, b) => a - b)).toEqual([...parts.keys()]);
      expect(Math.max(...waves.map((wave) => wave.length))).toBeLessThanOrEqual(maxParallel);
      for (const { from, to } of edges) expect(waveOf(from)).toBeLessThan(waveOf(to));
      for (const edge of edges) {
        const between = edges.filter(({ from, to }) => from === edge.from && to !== edge.to).map(({ to }) => to);
        expect(between.some((mid) => edges.some(({ from, to }) => from === mid && to === edge.to))).toBe(false);
      }
      expect(linkParts(parts)).toEqual(edges);
    }
  });

  it("refuse a width that is none", () => {
    for (const width of [0, 9, 1.5, Number.NaN]) expect(() => toWaves(2, [], width)).toThrow(RangeError);
  });
});
