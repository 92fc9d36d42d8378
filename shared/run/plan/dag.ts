import { type Artifact, PHASES, type Phase } from "../../prompt/work-words.ts";
import { findMakers, type Things } from "./noun-phrases.ts";

/** Parts that run at once, at most; what a wave holds unless less is asked for. */
export const PARALLEL_MAX = 8;
export const PARALLEL_DEFAULT = 5;

/** phase = the kind of work says so; artifact = it needs what the other makes; temporal = the text says so. */
export type EdgeType = "phase" | "artifact" | "temporal";

/** `to` needs `from`; both are indices of parts. */
export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly type: EdgeType;
}

/** What of a part decides where it stands. */
export interface PartFacts {
  readonly phase: Phase;
  /** In the order in which they are named: the first is what it makes. */
  readonly artifacts: readonly Artifact[];
  /** The words that name them. */
  readonly words: readonly string[];
  /** What its text says of things, by their names. */
  readonly things: Things;
  /** Whether it lays the ground (`set up`, `scaffold`) that the builds after it stand on. */
  readonly isGround: boolean;
  readonly follows: "nothing" | "previous" | "all";
  /** Of a numbered item; other parts may refer to it. Else its place counts. */
  readonly number: number | null;
  /** Numbers that its text refers to (`after step 2`). */
  readonly refersTo: readonly number[];
  /** Whether its text begins with what the part before it made (`deploy it`). */
  readonly pointsBack: boolean;
}

/** Who is needed by whom, directly or through others; grows by one edge at a time. */
interface Reach {
  readonly has: (from: number, to: number) => boolean;
  readonly add: (from: number, to: number) => void;
}

function makeReach(count: number): Reach {
  const rows = Array.from({ length: count }, () => Array.from({ length: count }, () => false));
  const has = (from: number, to: number): boolean => rows[from]?.[to] ?? false;
  const all = Array.from({ length: count }, (_, i) => i);
  const add = (from: number, to: number): void => {
    const above = all.filter((i) => i === from || has(i, from));
    const below = all.filter((i) => i === to || has(to, i));
    for (const i of above) for (const k of below) rows[i]?.splice(k, 1, true);
  };
  return { has, add };
}

const rankOf = (phase: Phase): number => PHASES.indexOf(phase);

/** Families of things that others are built on: what is kept, before what serves it, before what shows it. */
const LAYERS: Readonly<Partial<Record<Artifact, number>>> = { data: 0, security: 1, api: 1, ml: 1, mobile: 2, ui: 2 };

const shares = (a: readonly Artifact[], b: readonly Artifact[]): boolean => a.some((artifact) => b.includes(artifact));
const things = ({ artifacts }: PartFacts): readonly Artifact[] =>
  artifacts.filter((name) => name !== "tests" && name !== "docs");

/** Words for what others are built on, whatever else they are called. */
const FOUNDATIONS = new Set(
  "api apis endpoint endpoints backend schema schemas database table tables migration migrations auth login".split(" "),
);
const isFoundation = ({ words }: PartFacts): boolean => words.some((word) => FOUNDATIONS.has(word));

/** Whether the build part `b` is made with what the build part `a` makes. */
function isMadeWith(b: PartFacts, a: PartFacts): boolean {
  const [made] = a.artifacts;
  if (made === undefined || !b.artifacts.includes(made) || b.artifacts[0] === made) return false;
  // A family of things is wide: the same word, or words for what things stand on.
  if (!b.words.some((word) => a.words.includes(word)) && !(isFoundation(a) && isFoundation(b))) return false;
  // The part that is named first is made last: of two that name each other's, the layer below comes first.
  return !a.artifacts.includes(b.artifacts[0] ?? made) || (LAYERS[made] ?? 3) < (LAYERS[b.artifacts[0] ?? made] ?? 3);
}

/** Whether both make something of one subject, and what `a` makes lies below (`the invoices table`, `the invoices page`). */
function isLayerBelow(a: PartFacts, b: PartFacts): boolean {
  const [below, above] = [LAYERS[a.artifacts[0] ?? "docs"], LAYERS[b.artifacts[0] ?? "docs"]];
  if (below === undefined || above === undefined || below >= above) return false;
  if (a.things.made.length === 0 || b.things.made.length === 0) return false;
  return a.things.topics.some((topic) => b.things.topics.includes(topic));
}

/** What people see and read, beside what runs below it; a page belongs to both. */
const FACE: ReadonlySet<Artifact> = new Set(["ui", "mobile", "brand", "copy", "market", "business", "docs"]);
const MACHINE: ReadonlySet<Artifact> = new Set(["ui", "mobile", "data", "api", "security", "infra", "ml", "tests"]);

/** Whether what `earlier` finds or draws up can matter to `later`: work that names nothing is the machine's. */
function isRelated(earlier: PartFacts, later: PartFacts): boolean {
  if (earlier.artifacts.length === 0) return true;
  const named = later.artifacts.length === 0 ? (["tests"] as const) : later.artifacts;
  return [FACE, MACHINE].some((area) => earlier.artifacts.some((a) => area.has(a)) && named.some((b) => area.has(b)));
}

/** Whether the kind of work makes `later` wait for `earlier`; parts of one phase wait for artifacts alone. */
function needsByPhase(later: PartFacts, earlier: PartFacts, all: readonly PartFacts[]): boolean {
  if (rankOf(earlier.phase) >= rankOf(later.phase)) return false;
  // What is tested are the builds that share a thing with the test, or all where none does.
  if (later.phase === "test" && earlier.phase === "build") {
    const tested = all.filter((part) => part.phase === "build" && shares(things(part), things(later)));
    return tested.length === 0 || tested.includes(earlier);
  }
  if (rankOf(earlier.phase) < rankOf("build") && rankOf(later.phase) <= rankOf("build")) {
    const served = all.filter((part) => part.phase === later.phase && isRelated(earlier, part));
    return served.length === 0 || served.includes(later);
  }
  // Docs are written beside the tests.
  return !(later.phase === "docs" && earlier.phase === "test");
}

/** What the text itself says of order: the strongest word on it. */
function toTemporal(parts: readonly PartFacts[]): readonly Edge[] {
  return parts.flatMap((part, to) => {
    const named = part.refersTo.flatMap((number) => {
      const from = parts.findIndex((other, i) => i !== to && (other.number ?? i + 1) === number);
      return from === -1 ? [] : [from];
    });
    const before = part.follows === "all" ? [...parts.keys()].slice(0, to) : [];
    const previous = part.follows === "previous" && to > 0 ? [to - 1] : [];
    return [...new Set([...named, ...before, ...previous])].map((from): Edge => ({ from, to, type: "temporal" }));
  });
}

/** Of two builds, whether `later` stands on `earlier`: by what the one makes, or as the ground was laid first. */
function isBuiltOn(later: PartFacts, earlier: PartFacts, isFirst: boolean): boolean {
  if (later.phase !== "build" || earlier.phase !== "build") return false;
  return isMadeWith(later, earlier) || isLayerBelow(earlier, later) || (isFirst && earlier.isGround);
}

/** What a part speaks of as there already, and another makes. */
function toSpoken(parts: readonly PartFacts[]): readonly Edge[] {
  const all = parts.map(({ things }) => things);
  return parts.flatMap((part, to) => {
    const makers = findMakers(part.things, all);
    return parts.flatMap((other, from): Edge[] => {
      if (from === to || !makers.has(other.things)) return [];
      // A kind of work that comes later is not waited for, whatever it makes.
      const isEarlier = rankOf(other.phase) < rankOf(part.phase) && !needsByPhase(part, other, parts);
      return other.phase === part.phase || isEarlier ? [{ from, to, type: "artifact" }] : [];
    });
  });
}

function toImplied(parts: readonly PartFacts[]): readonly Edge[] {
  return parts.flatMap((part, to) =>
    parts.flatMap((other, from): Edge[] => {
      if (from === to) return [];
      // Numbers count the items of a list and do not say when: tests wait for their code wherever they are named.
      if (needsByPhase(part, other, parts)) return [{ from, to, type: "phase" }];
      const isNeeded = isBuiltOn(part, other, from === 0) || (part.pointsBack && from === to - 1);
      return isNeeded ? [{ from, to, type: "artifact" }] : [];
    }),
  );
}

/**
 * Who waits for whom. What the text says comes first, then what the kinds of work and the things they make imply; an
 * edge that would close a circle is left out, so the graph has none. Reduced: no edge that a chain of others implies.
 */
export function linkParts(parts: readonly PartFacts[]): readonly Edge[] {
  const kept: Edge[] = [];
  const reach = makeReach(parts.length);
  for (const edge of [...toTemporal(parts), ...toSpoken(parts), ...toImplied(parts)]) {
    if (reach.has(edge.to, edge.from) || reach.has(edge.from, edge.to)) continue;
    reach.add(edge.from, edge.to);
    kept.push(edge);
  }
  const isSaid = ({ from, to }: Edge): boolean => parts.some((_, mid) => reach.has(from, mid) && reach.has(mid, to));
  return kept.filter((edge) => !isSaid(edge));
}

/** Longest chain of parts behind each. */
function toHeights(count: number, edges: readonly Edge[]): readonly number[] {
  const heights = Array.from({ length: count }, () => 0);
  // Without circles a chain has at most `count` parts, so as many rounds settle every height.
  for (let round = 0; round < count; round += 1)
    for (const { from, to } of edges) heights[from] = Math.max(heights[from] ?? 0, (heights[to] ?? 0) + 1);
  return heights;
}

/**
 * Parts by wave: each after all that it needs, at most `maxParallel` a wave, the longest chain behind it first.
 * `maxParallel`: 1 to PARALLEL_MAX. Throws on anything else, and on edges that form a circle: the door checks the one,
 * linkParts() makes the other impossible.
 */
export function toWaves(count: number, edges: readonly Edge[], maxParallel: number): readonly (readonly number[])[] {
  if (!Number.isInteger(maxParallel) || maxParallel < 1 || maxParallel > PARALLEL_MAX)
    throw new RangeError("maxParallel");
  const heights = toHeights(count, edges);
  const waves: number[][] = [];
  const done = new Set<number>();
  while (done.size < count) {
    const free = Array.from({ length: count }, (_, i) => i).filter(
      (i) => !done.has(i) && edges.every(({ from, to }) => to !== i || done.has(from)),
    );
    if (free.length === 0) throw new Error("the edges form a circle");
    const wave = free.sort((a, b) => (heights[b] ?? 0) - (heights[a] ?? 0) || a - b).slice(0, maxParallel);
    for (const i of wave) done.add(i);
    waves.push(wave.sort((a, b) => a - b));
  }
  return waves;
}
