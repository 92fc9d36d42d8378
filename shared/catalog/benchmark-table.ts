import type { Domain } from "./model.ts";

/** How a value becomes linear in ability: a share by its log odds, a duration by its logarithm, a rating as it is. */
export type Transform = "logit" | "log" | "linear";

export interface Benchmark {
  readonly transform: Transform;
  /** A fraction's unit: 1 = share, 100 = percent. */
  readonly full: number;
  /** Weight of the column in each domain's factor, 0..1; a domain that is not named takes `elsewhere`. */
  readonly weights: Readonly<Partial<Record<Domain, number>>>;
  readonly elsewhere: number;
  /** The source that measures it, where others repeat it: a copy of what that source states counts for nothing. */
  readonly home?: string;
  /** A task of it is what a medium task is here: an issue solved in a repository by an agent. */
  readonly isMediumTask?: true;
}

const percent = (weights: Benchmark["weights"], elsewhere: number): Benchmark => ({
  transform: "logit",
  full: 100,
  weights,
  elsewhere,
});
const rating = (weights: Benchmark["weights"], elsewhere: number): Benchmark => ({
  transform: "linear",
  full: 1,
  weights,
  elsewhere,
});
/**
 * Points of a composite index. Its makers rebase it by scale and shift without notice (all 501 common rows by up to
 * 15.6 points in one week, rank correlation .998), which only a line leaves as it was.
 */
const index = (weights: Benchmark["weights"], elsewhere: number): Benchmark => ({
  ...rating(weights, elsewhere),
  home: "artificial_analysis",
});

/**
 * Weights say how much a column speaks for a domain. Agentic coding: benchmarks of agents on repositories and long
 * tasks count fully, single-file coding and the general index by half, the rest as bridges; measured rank correlation
 * with success on SWE-bench Verified over 24 models: LiveBench agentic coding .94 and .86 (two releases), arena of web
 * development .87, Terminal-Bench Hard (a part of the coding index) .86, intelligence index .79, Epoch index .75, arena
 * text .69, Aider .65, LiveBench coding .60 and .46, GPQA .50.
 */
export const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  swe_bench_verified: {
    transform: "logit",
    full: 1,
    weights: { agentic_coding: 1, coding: 0.7 },
    elsewhere: 0.15,
    isMediumTask: true,
  },
  metr_time_horizon: { transform: "log", full: 1, weights: { agentic_coding: 1, coding: 0.5 }, elsewhere: 0.2 },
  aider_polyglot: { transform: "logit", full: 100, weights: { agentic_coding: 0.4, coding: 1 }, elsewhere: 0.15 },
  epoch_eci: {
    transform: "linear",
    full: 1,
    weights: { agentic_coding: 0.6, general: 1, coding: 0.6 },
    elsewhere: 0.6,
  },
  gpqa_diamond: { transform: "logit", full: 1, weights: { agentic_coding: 0.15, reasoning: 1 }, elsewhere: 0.2 },
  frontiermath: { transform: "logit", full: 1, weights: { agentic_coding: 0.15, reasoning: 1 }, elsewhere: 0.15 },
  otis_mock_aime: { transform: "logit", full: 1, weights: { agentic_coding: 0.1, reasoning: 1 }, elsewhere: 0.1 },
  chess_puzzles: { transform: "logit", full: 1, weights: { agentic_coding: 0.1, reasoning: 0.5 }, elsewhere: 0.1 },
  simpleqa_verified: { transform: "logit", full: 1, weights: { agentic_coding: 0.05, research: 1 }, elsewhere: 0.1 },
  lmarena_text: {
    transform: "linear",
    full: 1,
    weights: { agentic_coding: 0.4, writing: 1, general: 0.7 },
    elsewhere: 0.4,
  },
  aider_edit: percent({ agentic_coding: 0.3, coding: 0.7 }, 0.1),
  aider_refactor: percent({ agentic_coding: 0.3, coding: 0.7 }, 0.1),
  aa_intelligence_index: index({ agentic_coding: 0.5, general: 1, reasoning: 0.7 }, 0.5),
  aa_coding_index: index({ agentic_coding: 0.8, coding: 1 }, 0.3),
  aa_agentic_index: index({ agentic_coding: 0.8, coding: 0.5 }, 0.3),
  livebench_agentic_coding: percent({ agentic_coding: 1, coding: 0.7 }, 0.3),
  livebench_coding: percent({ agentic_coding: 0.2, coding: 1 }, 0.3),
  livebench_reasoning: percent({ agentic_coding: 0.2, reasoning: 1, general: 0.5 }, 0.3),
  livebench_mathematics: percent({ agentic_coding: 0.2, reasoning: 1, general: 0.5 }, 0.3),
  livebench_data_analysis: percent({ agentic_coding: 0.2, general: 0.5, research: 0.5 }, 0.3),
  livebench_language: percent({ agentic_coding: 0.1, writing: 0.7, general: 0.5 }, 0.2),
  livebench_if: percent({ agentic_coding: 0.1, writing: 0.5, general: 0.3 }, 0.2),
  // Mean over a release, where its categories are not at hand.
  livebench_average: percent({ agentic_coding: 0.2, general: 0.7 }, 0.4),
  // Percent above chance, of open models up to early 2025: bridges between the old boards.
  hf_ifeval: percent({ agentic_coding: 0.05, general: 0.2 }, 0.1),
  hf_bbh: percent({ agentic_coding: 0.1, reasoning: 0.3, general: 0.3 }, 0.1),
  hf_math_lvl_5: percent({ agentic_coding: 0.1, reasoning: 0.3 }, 0.1),
  hf_gpqa: percent({ agentic_coding: 0.1, reasoning: 0.3 }, 0.1),
  hf_musr: percent({ agentic_coding: 0.05, reasoning: 0.2 }, 0.1),
  hf_mmlu_pro: percent({ agentic_coding: 0.1, general: 0.3, research: 0.3 }, 0.1),
  lmarena_webdev: rating({ agentic_coding: 0.8, coding: 1 }, 0.3),
  lmarena_agent: rating({ agentic_coding: 0.8, coding: 0.5 }, 0.4),
  lmarena_vision: rating({ agentic_coding: 0.1, vision: 1 }, 0.2),
  lmarena_search: rating({ agentic_coding: 0.1, research: 1 }, 0.2),
  lmarena_text_coding: rating({ agentic_coding: 0.4, coding: 0.7 }, 0.3),
  lmarena_text_math: rating({ agentic_coding: 0.2, reasoning: 0.7 }, 0.3),
  lmarena_text_creative_writing: rating({ agentic_coding: 0.2, writing: 1 }, 0.3),
};

/**
 * Boards that open and close categories as they like, by the beginning of the name; the longest that fits counts, and
 * a name of the table comes first. Makers of pictures and films say nothing of a model that answers in text.
 */
const FAMILIES: Readonly<Record<string, Benchmark>> = {
  design_arena_: rating({ agentic_coding: 0.3, coding: 0.5 }, 0.1),
  design_arena_agents_: rating({ agentic_coding: 0.5, coding: 0.5 }, 0.1),
  lmarena_: rating({ agentic_coding: 0.1 }, 0.2),
  lmarena_text_: rating({ agentic_coding: 0.2, writing: 0.5, general: 0.4 }, 0.3),
  lmarena_webdev_: rating({ agentic_coding: 0.8, coding: 1 }, 0.3),
  lmarena_vision_: rating({ agentic_coding: 0.1, vision: 0.7 }, 0.2),
  lmarena_image: rating({}, 0),
  lmarena_text_to_: rating({}, 0),
  lmarena_video: rating({}, 0),
};

/** What is known of a benchmark; undefined = nothing, so that its scores cannot be placed. */
export function benchmarkOf(name: string): Benchmark | undefined {
  const own = BENCHMARKS[name];
  if (own !== undefined) return own;
  const fitting = Object.entries(FAMILIES).filter(([start]) => name.startsWith(start));
  return fitting.sort(([a], [b]) => b.length - a.length)[0]?.[1];
}

/** Weight in a domain from which a benchmark speaks for it, and does not only bridge the boards that do. */
const SPEAKS_FROM = 0.5;

/**
 * In a domain that needs a board of its own, the boards of other domains count this share of their weight. With it the
 * vision ability agrees best with what is kept from it: rank correlation .96 with MMMU-Pro (21 models), .96 with the
 * vision board half a year later (36). Full weight: .95 and .93; below .4 the one board outweighs all bridges and the
 * scale collapses.
 */
const BRIDGE_SHARE = 0.6;

/** Whether a model has an ability in the domain only by a board of it: how well one reads pictures no text tells. */
export const needsOwnBoard = (domain: Domain): boolean => domain === "vision";

export const speaksFor = (benchmark: string, domain: Domain): boolean =>
  (benchmarkOf(benchmark)?.weights[domain] ?? 0) >= SPEAKS_FROM;

export const benchmarkWeight = (benchmark: string, domain: Domain): number => {
  const entry = benchmarkOf(benchmark);
  if (entry === undefined) return 0;
  return entry.weights[domain] ?? entry.elsewhere * (needsOwnBoard(domain) ? BRIDGE_SHARE : 1);
};

/** Shares are kept half a task off 0 and 1 on a board of about 250 tasks, so that log odds stay finite. */
const EDGE = 0.002;

/** Value in the benchmark's unit -> the scale the factor is linear on; null where the benchmark is not in the table. */
export function toLinear(benchmark: string, value: number): number | null {
  const entry = benchmarkOf(benchmark);
  if (entry === undefined) return null;
  if (entry.transform === "linear") return value;
  if (entry.transform === "log") return value > 0 ? Math.log(value) : null;
  const share = Math.min(1 - EDGE, Math.max(EDGE, value / entry.full));
  return Math.log(share / (1 - share));
}
