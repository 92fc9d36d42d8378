import type { Effort } from "../../catalog/model.ts";
import { isHintHonoured } from "./hint-use.ts";
import type { GovernedPick } from "./pick-governed.ts";
import type { GovernedResolution } from "./resolve-governed.ts";
import type { ComplexityTier, DispatchMode, EffortHint } from "./routing-file.ts";

/** One resolution of a role and what became of it. Times are milliseconds since 1970, money integer micro-dollars. */
export interface GovernanceEvent {
  readonly atMs: number;
  readonly agent: string | null;
  readonly role: string;
  readonly tier: ComplexityTier | null;
  /** LARGE where an open HIGH risk lifted a review. */
  readonly effectiveTier: ComplexityTier | null;
  readonly mode: DispatchMode;
  /** The entry's primary as the file spells it. */
  readonly modelAsked: string;
  /** A catalogue id; null = it waits for approval. */
  readonly modelUsed: string | null;
  /** Place in the entry's list, 0 = the primary; null where the rule picked, or nothing ran. */
  readonly attempt: number | null;
  readonly capped: boolean;
  /** None of the list could be run, so that somebody had to approve first; stays said when it went on later. */
  readonly waitingApproval: boolean;
  readonly hint: EffortHint;
  /** null = no effort was chosen. */
  readonly hintHonoured: boolean | null;
  readonly decisionId: string | null;
  readonly runId: string | null;
  readonly stepId: string | null;
  readonly governanceVersion: string;
  /** null = not known yet. */
  readonly outcome: "success" | "failure" | null;
  readonly costMicroUsd: number | null;
}

export interface ResolvedUse
  extends Pick<GovernanceEvent, "atMs" | "governanceVersion" | "decisionId" | "runId" | "stepId"> {
  readonly resolution: GovernedResolution;
  readonly pick: GovernedPick;
  /** What decide() picked; null = nothing ran. */
  readonly used: { readonly modelId: string; readonly effort: Effort } | null;
}

/** The event of a resolution, its outcome still open. */
export function toGovernanceEvent({ resolution, pick, used, ...rest }: ResolvedUse): GovernanceEvent {
  const { agent, role, tierAsked, tierUsed, mode, primary, reasoningEffortHint: hint } = resolution;
  return {
    ...rest,
    ...{ agent, role, tier: tierAsked, effectiveTier: tierUsed, mode, modelAsked: primary },
    ...{ modelUsed: used?.modelId ?? null, attempt: pick.attempt },
    ...{ capped: pick.capped !== null, waitingApproval: pick.waitingApproval },
    ...{ hint, hintHonoured: used === null ? null : isHintHonoured(hint, used.effort) },
    ...{ outcome: null, costMicroUsd: null },
  };
}

/** One line of JSON an event, its members in snake case; ends in a line break unless there are none. */
export const toNdjson = (events: readonly GovernanceEvent[]): string =>
  events.map((event) => `${JSON.stringify(toSnakeCase(event))}\n`).join("");

const toSnakeCase = (event: GovernanceEvent): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(event).map(([key, value]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );
