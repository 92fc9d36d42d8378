import type { Classification } from "../../shared/task/classification.ts";
import type { Point } from "./hull-mix.ts";
import { planTasks } from "./plan-tasks.ts";
import type { Pool } from "./pool.ts";
import { runPlans, toPoint } from "./run-plans.ts";
import type { Baseline } from "./score.ts";
import type { Sweep } from "./setting.ts";
import { toPoolCatalog } from "./to-catalog.ts";

/** The cheapest swept worth at which a policy solves as many tasks as the best fixed pick. */
export interface QualityCost {
  readonly name: string;
  readonly curve: readonly (Point & { readonly valueUsd: number })[];
  /** null where no swept worth reaches it. */
  readonly reached: (Point & { readonly valueUsd: number; readonly costVsBest: number }) | null;
}

/** Scores a sweep over V. The worth is chosen with the outcomes in view, as the best fixed pick was. */
export function toQualityCost(
  { pool, baseline }: { readonly pool: Pool; readonly baseline: Baseline },
  classifications: readonly Classification[],
  sweep: Sweep,
): QualityCost {
  const catalog = toPoolCatalog(pool.models);
  const all = pool.tasks.map((_, t) => t);
  const curve = sweep.settings.map((setting) => {
    const plans = planTasks(classifications, catalog, setting);
    const results = runPlans({ tasks: pool.tasks, plans, verifier: setting.verifier });
    return { valueUsd: setting.valueMicroUsd / 1e6, ...toPoint(results, all) };
  });
  const enough = curve.filter(({ solved }) => solved >= baseline.best.solved);
  const [cheapest] = [...enough].sort((a, b) => a.costUsd - b.costUsd);
  const reached = cheapest === undefined ? null : { ...cheapest, costVsBest: cheapest.costUsd / baseline.best.costUsd };
  return { name: sweep.name, curve, reached };
}
