import { assumedCost, type CostOf } from "./cost-tier.ts";
import { pickGoverned } from "./pick-governed.ts";
import { type GovernedResolution, resolveGoverned } from "./resolve-governed.ts";
import { isReviewAgent } from "./review-tier.ts";
import {
  COMPLEXITY_TIERS,
  type ComplexityTier,
  type CostTier,
  type EffortHint,
  type LatencyTier,
  type RoutingFile,
  toStem,
} from "./routing-file.ts";

/** What a file gives an agent at a tier (null = none is known yet) when every model can be run and no risk is open. */
export interface AgentAtTier {
  readonly agent: string;
  readonly role: string;
  readonly tier: ComplexityTier | null;
  /** As spelled; "auto" where the rule picks. */
  readonly model: string;
  readonly modelId: string | null;
  /** The model's own, or the entry's where `assumed`. */
  readonly costTier: CostTier;
  readonly assumed: boolean;
  readonly fallbacks: readonly string[];
  /** The model it would run on instead, or "auto" under a lower ceiling; null = not capped. */
  readonly capped: string | null;
  readonly latencyTier: LatencyTier;
  readonly reasoningEffortHint: EffortHint;
  readonly isPinned: boolean;
  readonly isReviewer: boolean;
}

/** Everything a file gives: each agent before a tier is known and at each of the four. */
export function listAgents(file: RoutingFile, costOf: CostOf = assumedCost): readonly AgentAtTier[] {
  const pinned = new Set(file.pinned_agents.map(toStem));
  return Object.keys(file.agent_role_index)
    .sort()
    .flatMap((agent) => {
      const who = { isPinned: pinned.has(agent), isReviewer: isReviewAgent(file, agent) };
      return [null, ...COMPLEXITY_TIERS].flatMap((tier) => {
        const query = { agent, role: null, tier, mode: "deterministic", risks: [] } as const;
        const found = resolveGoverned(file, query, costOf);
        return found.ok ? [{ ...toAgentAtTier({ ...found.value, agent }), ...who }] : [];
      });
    });
}

function toAgentAtTier(
  asked: GovernedResolution & { readonly agent: string },
): Omit<AgentAtTier, "isPinned" | "isReviewer"> {
  const { agent, role, primary, fallbacks, latencyTier, reasoningEffortHint } = asked;
  // Every name counts as an id here: what can be run changes by the minute, what a file says does not.
  const runnable = { ...asked, models: asked.models.map(named), main: toNamed(asked.main) };
  const { capped } = pickGoverned(runnable, () => null);
  const [first] = asked.models;
  return {
    ...{ agent, role, tier: asked.tierAsked, model: primary, modelId: first?.modelId ?? null },
    ...{ costTier: first?.costTier ?? asked.costTier, assumed: first?.assumed ?? true, fallbacks },
    capped: capped === null ? null : (capped.effectiveModel ?? "auto"),
    ...{ latencyTier, reasoningEffortHint },
  };
}

const named = <T extends { readonly model: string; readonly modelId: string | null }>(one: T): T => ({
  ...one,
  modelId: one.modelId ?? one.model,
});
const toNamed = (main: GovernedResolution["main"]): GovernedResolution["main"] =>
  main === null ? null : { ...main, models: main.models.map(named) };

export interface GovernanceChange {
  readonly agent: string;
  readonly tier: ComplexityTier | null;
  /** null = the agent came, or went. */
  readonly before: AgentAtTier | null;
  readonly after: AgentAtTier | null;
  /** Members that differ; "agent" alone where it came or went. */
  readonly fields: readonly string[];
}

/** What each agent would get before and after a file is replaced: only what changes. `before` null = there was none. */
export function diffGovernance(
  before: RoutingFile | null,
  after: RoutingFile,
  costOf: CostOf = assumedCost,
): readonly GovernanceChange[] {
  const keyOf = ({ agent, tier }: AgentAtTier): string => `${agent} ${tier}`;
  const old = new Map((before === null ? [] : listAgents(before, costOf)).map((one) => [keyOf(one), one]));
  const now = new Map(listAgents(after, costOf).map((one) => [keyOf(one), one]));
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((key): readonly GovernanceChange[] => {
    const [was, is] = [old.get(key) ?? null, now.get(key) ?? null];
    const one = is ?? was;
    if (one === null) return [];
    const fields = toFields(was, is);
    return fields.length === 0 ? [] : [{ agent: one.agent, tier: one.tier, before: was, after: is, fields }];
  });
}

function toFields(was: AgentAtTier | null, is: AgentAtTier | null): readonly string[] {
  if (was === null || is === null) return ["agent"];
  const keys = Object.keys(is) as (keyof AgentAtTier)[];
  return keys.filter((key) => JSON.stringify(was[key]) !== JSON.stringify(is[key]));
}
