import type { Plan } from "../job.ts";
import { picksOf, type StepPick } from "../step.ts";

/** Which endpoints a run of this tenant can call: a key is there, or none is needed. */
export interface RunReach {
  readonly providers: ReadonlySet<string>;
  /** What the tenant's policy lets through. */
  readonly allowed: ReadonlySet<string>;
}

/** Serves the models of all makers, each under its catalogue id. */
const EVERY_MAKER = "openrouter";
/** Makers that serve their own models under an endpoint of their name. */
const OWN_ENDPOINTS: ReadonlySet<string> = new Set(["anthropic", "google", "openai"]);

/**
 * Where a run reaches a model: the maker's own endpoint before one that resells it, then the one that was decided, then
 * the one that serves all. A decision may name an endpoint that only an agent's own login reaches; the model stays.
 */
function toReachable(pick: StepPick, { providers, allowed }: RunReach): StepPick {
  const own = OWN_ENDPOINTS.has(pick.vendor) ? [pick.vendor] : [];
  const isResold = pick.provider === EVERY_MAKER;
  const wanted = [...(isResold ? own : []), pick.provider, ...own, EVERY_MAKER];
  const found = wanted.find((provider) => providers.has(provider) && allowed.has(provider));
  return { ...pick, provider: found ?? pick.provider, driverKind: "api" };
}

/** The plan with each model at an endpoint that can be called, as far as there is one. */
export const toReachablePlan = (plan: Plan, reach: RunReach): Plan => ({
  ...plan,
  steps: plan.steps.map((step) => ({
    ...step,
    pick: step.pick === null ? null : toReachable(step.pick, reach),
    fallbacks: step.fallbacks.map((pick) => toReachable(pick, reach)),
  })),
});

/** A step that starts at once and that no endpoint of its picks serves: a run of this plan could only fail. */
export const findStranded = ({ steps }: Plan, { providers }: RunReach): Plan["steps"][number] | undefined =>
  steps.find(
    ({ dependsOn, pick, fallbacks }) =>
      dependsOn.length === 0 && pick !== null && [pick, ...fallbacks].every(({ provider }) => !providers.has(provider)),
  );

/** Endpoints that the plan names and that cannot be called. */
export function toUnreached({ steps }: Plan, { providers }: RunReach): readonly string[] {
  return [...new Set(steps.flatMap(picksOf).map(({ provider }) => provider))]
    .filter((provider) => !providers.has(provider))
    .sort();
}
