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
}

/**
 * Weights say how much a column speaks for a domain. Agentic coding: benchmarks of agents on repositories and long
 * tasks count fully, single-file coding and the general index by half, the rest as bridges; measured rank correlation
 * with success on SWE-bench Verified over 24 models: Epoch index .75, arena text .69, Aider .65, GPQA .50.
 */
export const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  swe_bench_verified: { transform: "logit", full: 1, weights: { agentic_coding: 1, coding: 0.7 }, elsewhere: 0.15 },
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
};

/** No benchmark in hand speaks for vision: its abilities stay absent. */
export const RATED_DOMAINS = ["agentic_coding", "coding", "reasoning", "writing", "research", "general"] as const;
export type RatedDomain = (typeof RATED_DOMAINS)[number];

export const benchmarkWeight = (benchmark: string, domain: Domain): number => {
  const entry = BENCHMARKS[benchmark];
  return entry === undefined ? 0 : (entry.weights[domain] ?? entry.elsewhere);
};

/** Shares are kept half a task off 0 and 1 on a board of about 250 tasks, so that log odds stay finite. */
const EDGE = 0.002;

/** Value in the benchmark's unit -> the scale the factor is linear on; null where the benchmark is not in the table. */
export function toLinear(benchmark: string, value: number): number | null {
  const entry = BENCHMARKS[benchmark];
  if (entry === undefined) return null;
  if (entry.transform === "linear") return value;
  if (entry.transform === "log") return value > 0 ? Math.log(value) : null;
  const share = Math.min(1 - EDGE, Math.max(EDGE, value / entry.full));
  return Math.log(share / (1 - share));
}
