import { mean, sigmoid } from "../base/stats.ts";
import type { Candidate } from "./candidate.ts";
import { PARAMETERS } from "./parameters.ts";
import type { Stratum } from "./task-terms.ts";

/** A point of the task's difficulty b, with its share of the task and its stratum's weight and cost ratio. */
export interface DifficultyNode {
  readonly b: number;
  readonly stratum: number;
  readonly share: number;
  readonly weight: number;
  readonly costRatio: number;
}

/** A candidate with its P at every node. */
export interface Rung {
  readonly candidate: Candidate;
  readonly solves: readonly number[];
}

/**
 * Nine equally likely points of a standard normal (medians of its ninths), stretched to unit variance. Against fine
 * integration the any-of probability of two models is off by less than a point.
 */
const NORMAL_NODES = [-1.711, -1.039, -0.633, -0.303, 0, 0.303, 0.633, 1.039, 1.711] as const;

/** Cuts every stratum into equally likely points of difficulty. */
export function toDifficultyNodes(strata: readonly Stratum[]): readonly DifficultyNode[] {
  return strata.flatMap(({ share, spread, weight, costRatio }, stratum) =>
    NORMAL_NODES.map((z) => ({
      b: spread.mean + spread.sd * z,
      stratum,
      share: share / NORMAL_NODES.length,
      weight,
      costRatio,
    })),
  );
}

/**
 * P at each node, scaled so that its mean in a stratum is the candidate's P there. Models fail independently given b,
 * not given the label: independence by label would promise two cheap models .84 where .72 was measured.
 */
export function toRung(candidate: Candidate, nodes: readonly DifficultyNode[]): Rung {
  const ability = candidate.eligible.theta - candidate.eligible.thetaSd;
  const raw = nodes.map(({ b }) => sigmoid(PARAMETERS.difficulty.slope * (ability - b)));
  const scales = candidate.successByStratum.map(
    (success, k) => success / mean(raw.filter((_, n) => nodes[n]?.stratum === k)),
  );
  const { max } = PARAMETERS.probabilityBounds;
  return { candidate, solves: nodes.map(({ stratum }, n) => Math.min(max, (raw[n] ?? 0) * (scales[stratum] ?? 1))) };
}
