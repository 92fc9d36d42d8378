import type { Result } from "../../shared/base/result.ts";
import { fail, ok } from "../../shared/base/result.ts";
import { shuffled, toRandom } from "../../shared/policy/testing/random-catalog.ts";
import { PAIRS_WANTED } from "../../shared/run/escalate.ts";
import { toUpperHull } from "../routing/hull-mix.ts";
import type { Pool } from "../routing/pool.ts";
import { toPoint } from "../routing/run-plans.ts";
import { type Chain, runOf } from "./replay.ts";

const SPLIT_SEED = 71;

/** Tasks that are scored, and those that everything the rule knows comes from. */
export interface Fold {
  readonly scored: readonly number[];
  readonly known: readonly number[];
}

/** Two halves, each scored by what the other one says; so every task is scored, and none by itself. */
export function toFolds(pool: Pool): Result<readonly Fold[]> {
  const drawn = shuffled(
    toRandom(SPLIT_SEED),
    pool.tasks.map((_, t) => t),
  );
  const half = Math.ceil(drawn.length / 2);
  const [a, b] = [drawn.slice(0, half), drawn.slice(half)];
  if (b.length < PAIRS_WANTED)
    return fail({
      kind: "malformed_data",
      what: "data",
      detail: `has ${drawn.length} tasks: at least ${2 * PAIRS_WANTED} are wanted, of which each half calibrates the judge of the other`,
    });
  return ok([
    { scored: a, known: b },
    { scored: b, known: a },
  ]);
}

/** The two cheapest corners of the cost-quality hull, as the known tasks have it; null where the hull is one model. */
export function toHullPair(pool: Pool, known: readonly number[]): Chain | null {
  const fixed = pool.models.map((_, model) => ({
    model,
    ...toPoint(
      pool.tasks.map((task) => runOf(task, model)),
      known,
    ),
  }));
  const [cheap, strong] = toUpperHull(fixed);
  return cheap === undefined || strong === undefined ? null : [cheap.model, strong.model];
}
