import type { AgentQuery } from "./resolve-agent.ts";
import type { RiskReview } from "./review-tier.ts";
import {
  COMPLEXITY_TIERS,
  COST_TIERS,
  type ComplexityTier,
  type CostTier,
  type DispatchMode,
  isOneOf,
  isRecord,
} from "./routing-file.ts";

/** Reads members of a vector's input; what is absent reads as undefined, 0, false or an empty list. */
export interface VectorInput {
  readonly has: (key: string) => boolean;
  readonly value: (key: string) => unknown;
  readonly text: (key: string) => string | undefined;
  readonly count: (key: string) => number;
  /** null = stated as none, or absent. */
  readonly amount: (key: string) => number | null;
  readonly flag: (key: string) => boolean;
  readonly list: (key: string) => readonly unknown[];
  readonly record: (key: string) => VectorInput;
  readonly costTier: (key: string) => CostTier;
  readonly tier: () => ComplexityTier | null;
  readonly risks: () => readonly RiskReview[];
  readonly query: () => AgentQuery;
  /** Deterministic where it is not said: a payload without a marker counts as that. */
  readonly mode: DispatchMode;
}

/** A word that is left out is none of those that are compared: a risk without a disposition is not resolved. */
function readRisk(risk: unknown): RiskReview {
  if (!isRecord(risk)) throw new TypeError("an entry of risk_review is no object");
  const { text } = readVectorInput(risk);
  const word = (key: string): string => text(key) ?? "";
  return {
    category: word("category"),
    applicability: word("applicability"),
    impact: word("impact"),
    disposition: word("disposition"),
  };
}

/** null = none is known yet; what is no text is no tier either, and is said as it stands. */
const readTier = (tier: unknown): string | null =>
  tier === undefined || tier === null ? null : typeof tier === "string" ? tier : JSON.stringify(tier);

/** A reader of one input; throws on a cost tier or a risk that is none, since a case that tests nothing is a bug. */
export function readVectorInput(input: unknown): VectorInput {
  const members = isRecord(input) ? input : {};
  const value = (key: string): unknown => (Object.hasOwn(members, key) ? members[key] : undefined);
  const text = (key: string): string | undefined => {
    const found = value(key);
    return typeof found === "string" ? found : undefined;
  };
  const amount = (key: string): number | null => {
    const found = value(key);
    return typeof found === "number" ? found : null;
  };
  const list = (key: string): readonly unknown[] => {
    const found = value(key);
    return Array.isArray(found) ? found : [];
  };
  const mode: DispatchMode = text("mode") === "auto" ? "auto" : "deterministic";
  return {
    ...{ value, text, amount, list, mode },
    has: (key) => value(key) !== undefined,
    count: (key) => amount(key) ?? 0,
    flag: (key) => value(key) === true,
    record: (key) => readVectorInput(value(key)),
    costTier: (key) => {
      const found = value(key);
      if (!isOneOf(COST_TIERS, found)) throw new TypeError(`${key} is not a cost tier`);
      return found;
    },
    tier: () => {
      const found = value("complexity_tier");
      return isOneOf(COMPLEXITY_TIERS, found) ? found : null;
    },
    risks: () => list("risk_review").map(readRisk),
    query: () => ({ agent: text("agent") ?? "", tier: readTier(value("complexity_tier")), mode }),
  };
}
