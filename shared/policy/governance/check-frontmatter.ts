import { fail, ok, type Result } from "../../base/result.ts";
import { ownMember, type RoutingFile, toStem } from "./routing-file.ts";

export interface PinnedRule {
  readonly pinned: boolean;
  /** What an agent's file has to say as its model; null = nothing. */
  readonly frontmatterModel: string | null;
  readonly fields: "enforced" | "advisory";
}

/** Whether an agent's file is held to its role's top-level primary. Pinning is by file, not by role. */
export function pinnedRule(file: RoutingFile, agentFile: string): Result<PinnedRule> {
  const role = ownMember(file.agent_role_index, toStem(agentFile));
  const owner = role === undefined ? undefined : ownMember(file.roles, role);
  if (owner === undefined) return fail({ kind: "not_found", what: "agent", id: agentFile });
  const pinned = file.pinned_agents.map(toStem).includes(toStem(agentFile));
  return ok({
    pinned,
    frontmatterModel: pinned ? owner.primary : null,
    fields: pinned ? "enforced" : "advisory",
  });
}

export type FrontmatterFault =
  | "unknown_agent"
  | "model_role_missing"
  | "unknown_role"
  | "model_role_mismatch"
  | "auto_model_present"
  | "pinned_model_missing"
  | "pinned_model_mismatch";

/** A scalar of the header's top level without its quotes or a comment; undefined where the key is not there or says nothing. */
function readScalar(frontmatter: string, key: string): string | undefined {
  for (const line of frontmatter.split(/\r?\n/)) {
    if (!line.startsWith(`${key}:`)) continue;
    const text = line.slice(key.length + 1).trim();
    const bare = /^(["'])(.*)\1(?:\s+#.*)?$/.exec(text)?.[2] ?? text.replace(/(?:^|\s+)#.*$/, "");
    return bare === "" ? undefined : bare;
  }
  return undefined;
}

/**
 * Whether an agent file's header agrees with the routing file; null = it does. A pinned agent states its role and its
 * role's top-level primary (never an entry of a tier); an auto agent states its role and no model.
 */
export function checkFrontmatter(
  file: RoutingFile,
  agent: { readonly file: string; readonly frontmatter: string },
): FrontmatterFault | null {
  const rule = pinnedRule(file, agent.file);
  if (!rule.ok) return "unknown_agent";
  const role = readScalar(agent.frontmatter, "model_role");
  const model = readScalar(agent.frontmatter, "model");
  if (role === undefined) return "model_role_missing";
  if (!Object.hasOwn(file.roles, role)) return "unknown_role";
  if (ownMember(file.agent_role_index, toStem(agent.file)) !== role) return "model_role_mismatch";
  const { pinned, frontmatterModel } = rule.value;
  if (!pinned) return model === undefined ? null : "auto_model_present";
  if (model === undefined) return "pinned_model_missing";
  return model === frontmatterModel ? null : "pinned_model_mismatch";
}
