import { toCanonicalJson } from "../../base/canonical-json.ts";
import { checkFrontmatter } from "./check-frontmatter.ts";
import { orchestratorOf } from "./check-tier-floor.ts";
import type { DriftIssue } from "./drift-issue.ts";
import { type RoutingFile, toPointer, toStem } from "./routing-file.ts";

export interface AgentSource {
  readonly file: string;
  readonly frontmatter: string;
}

/** Cases a delegation contract has to be tried against; the one on auto is the one it accepts. */
export const MANDATORY_CASES = [
  "missing-outer-agentName",
  "missing-outer-model",
  "payload-only-model",
  "auto-mode-missing-outer-model-allowed",
  "wrong-effective-review-tier",
  "unconfigured-fallback",
  "omitted-model-due-missing-tier-context",
] as const;

export interface DriftInput {
  readonly file: RoutingFile;
  /** Headers of all agent files there are; null = not asked. */
  readonly agents: readonly AgentSource[] | null;
  /** Names of the contract's cases that are tried; null = not asked. */
  readonly cases: readonly string[] | null;
  /** Targets of the delegation contract, where there is one. */
  readonly targets: readonly string[] | null;
}

/** Where agent files, roster and delegation contract have come apart from the routing file. */
export function checkDrift({ file, agents, cases, targets }: DriftInput): readonly DriftIssue[] {
  const stems = new Set(agents?.map((agent) => toStem(agent.file)));
  const roster = Object.keys(file.agent_role_index);
  const lead = orchestratorOf(file);
  return [
    ...(agents ?? []).flatMap((agent): readonly DriftIssue[] => {
      const code = checkFrontmatter(file, agent);
      return code === null ? [] : [{ subject: agent.file, code }];
    }),
    ...roster
      .filter((agent) => agents !== null && !stems.has(agent))
      .map((agent) => ({ subject: toPointer("agent_role_index", agent), code: "agent_file_missing" })),
    ...(targets ?? [])
      .filter((target) => !roster.includes(target))
      .map((target) => ({ subject: target, code: "target_not_in_roster" })),
    ...roster
      // Who delegates is no target of its own.
      .filter((agent) => targets !== null && agent !== lead && !targets.includes(agent))
      .map((agent) => ({ subject: toPointer("agent_role_index", agent), code: "agent_not_a_target" })),
    ...MANDATORY_CASES.filter((name) => cases !== null && !cases.includes(name)).map((name) => ({
      subject: name,
      code: "negative_case_missing",
    })),
  ];
}

/**
 * A text that changes when the structure of a file does, and not with its description, trace id or order of members;
 * whoever stores it may take its digest.
 */
export function toFingerprint({ description: _, trace_id: __, ...structure }: RoutingFile): string {
  return toCanonicalJson(structure);
}
