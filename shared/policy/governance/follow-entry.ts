import {
  COMPLEXITY_TIERS,
  type ComplexityTier,
  type GovernanceRole,
  isOneOf,
  ownMember,
  type RoutingEntry,
  type RoutingIssue,
  type TierEntry,
  toPointer,
} from "./routing-file.ts";

/** Where an entry came from: no tier asked, the tier's own, the role's top level, or another role's. */
export type EntrySource = "top_level_primary" | "by_tier" | "default" | "inherited";

export interface FollowedEntry {
  readonly entry: RoutingEntry;
  readonly source: EntrySource;
}

/** What stops a chain: a target that is not there, one that comes back to itself, or more links than are followed. */
export type BrokenInheritance = "inherit_target_invalid" | "inherit_cycle" | "inherit_too_deep";

/** All that a resolution may take: a chain this long is followed in a few microseconds. */
const MAX_LINKS = 64;

const SAYS: Readonly<Record<BrokenInheritance, string>> = {
  inherit_target_invalid: "It leads to a role or a tier that is not there.",
  inherit_cycle: "The chain comes back to itself.",
  inherit_too_deep: `The chain has more than ${MAX_LINKS} links.`,
};

export type InheritingRoles = Readonly<Record<string, Omit<GovernanceRole, "consumers">>>;

interface Target {
  readonly role: string;
  /** null = the role's top level, which inherits from nothing. */
  readonly tier: ComplexityTier | null;
}

/** The place an entry inherits from; null where the text names none. `role` is the role it stands in. */
function readTarget(text: string, role: string): Target | null {
  if (text === "default") return { role, tier: null };
  const [, name, tier] = /^role:([^@]+)(?:@(.+))?$/.exec(text) ?? [];
  if (name === undefined) return null;
  if (tier === undefined) return { role: name, tier: null };
  return isOneOf(COMPLEXITY_TIERS, tier) ? { role: name, tier } : null;
}

const isFull = (entry: TierEntry): entry is RoutingEntry => "primary" in entry;

/** The entry a role has at a tier (null = none is known yet), inheritance followed, or why there is none. */
export function followEntry(roles: InheritingRoles, start: Target): FollowedEntry | BrokenInheritance {
  const seen = new Set<string>();
  for (let at: Target | null = start; at !== null; ) {
    const role = ownMember(roles, at.role);
    if (role === undefined) return "inherit_target_invalid";
    if (at.tier === null) return { entry: role, source: sourceOf(start, at) };
    const key = `${at.tier} ${at.role}`;
    if (seen.has(key)) return "inherit_cycle";
    if (seen.size === MAX_LINKS) return "inherit_too_deep";
    seen.add(key);
    const entry: TierEntry = role.by_tier[at.tier];
    if (isFull(entry)) return { entry, source: sourceOf(start, at) };
    at = readTarget(entry.inherit_from, at.role);
  }
  return "inherit_target_invalid";
}

function sourceOf(start: Target, end: Target): EntrySource {
  if (start.role !== end.role || (start.tier !== end.tier && end.tier !== null)) return "inherited";
  if (start.tier === null) return "top_level_primary";
  return end.tier === null ? "default" : "by_tier";
}

/** Faults of inheritance between the entries of well-shaped roles. */
export const checkInheritance = (roles: InheritingRoles): readonly RoutingIssue[] =>
  Object.keys(roles).flatMap((role) =>
    COMPLEXITY_TIERS.flatMap((tier): readonly RoutingIssue[] => {
      const found = followEntry(roles, { role, tier });
      if (typeof found !== "string") return [];
      const path = toPointer("roles", role, "by_tier", tier, "inherit_from");
      return [{ check: "by_tier", path, code: found, message: SAYS[found] }];
    }),
  );

/** Models an entry may run on, in the order in which they are tried. */
export const modelsOf = ({ primary, fallbacks }: Pick<RoutingEntry, "primary" | "fallbacks">): readonly string[] => [
  primary,
  ...fallbacks,
];
