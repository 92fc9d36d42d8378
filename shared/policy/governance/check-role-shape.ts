import {
  AUTO_MODEL,
  COMPLEXITY_TIERS,
  COST_TIERS,
  EFFORT_HINTS,
  isAskableName,
  isOneOf,
  isRecord,
  LATENCY_TIERS,
  type RoutingCheck,
  type RoutingIssue,
  toPointer,
} from "./routing-file.ts";

const ENTRY_FIELDS = ["primary", "fallbacks", "cost_tier", "latency_tier"];
const ROLE_FIELDS = [...ENTRY_FIELDS, "consumers", "reasoning_effort_hint", "by_tier"];
const INHERIT_TARGET = /^(default|role:[^@]+(@[A-Z]+)?)$/;

/** Where a record stands and which check its faults belong to. */
interface Place {
  readonly check: RoutingCheck;
  readonly path: string;
}

const issue = ({ check, path }: Place, code: string, message: string): RoutingIssue => ({ check, path, code, message });

/** Faults of one role but for its consumers, which the role index's check reads. */
export function checkRoleShape(name: string, role: unknown): readonly RoutingIssue[] {
  const path = toPointer("roles", name);
  // "role:<name>@<TIER>" could not be told from a role whose name holds the sign.
  if (!isAskableName(name) || name.includes("@"))
    return [
      issue(
        { check: "shape", path },
        "role_name_invalid",
        "A name of 1 to 200 visible characters without @ is wanted.",
      ),
    ];
  if (!isRecord(role)) return [issue({ check: "shape", path }, "role_not_object", "A role is an object.")];
  return [
    ...unknownFields(role, ROLE_FIELDS, { check: "shape", path }),
    ...checkEntry(role, { check: "shape", path }),
    ...checkHint(role.reasoning_effort_hint, `${path}/reasoning_effort_hint`),
    ...checkTiers(role.by_tier, `${path}/by_tier`),
  ];
}

/** Fields that nobody reads are refused: a misspelt one would silently do nothing. */
export const unknownFields = (
  record: Readonly<Record<string, unknown>>,
  known: readonly string[],
  { check, path }: Place,
): readonly RoutingIssue[] =>
  Object.keys(record)
    .filter((key) => !known.includes(key))
    .map((key) =>
      issue({ check, path: path + toPointer(key) }, "unknown_field", `Unknown field; known: ${known.join(", ")}.`),
    );

/** The longest name of 6,000 on seven boards has 102 characters. */
const MAX_MODEL_NAME = 200;

export const isModelName = (value: unknown): value is string =>
  typeof value === "string" && value.trim() !== "" && value.length <= MAX_MODEL_NAME;

function checkEntry(entry: Readonly<Record<string, unknown>>, place: Place): readonly RoutingIssue[] {
  const { primary, fallbacks, cost_tier, latency_tier } = entry;
  const at = (key: string): Place => ({ check: place.check, path: place.path + toPointer(key) });
  const found: RoutingIssue[] = [];
  if (primary === undefined || primary === null || primary === "")
    found.push(issue(at("primary"), "primary_missing", "A primary model is wanted."));
  else if (!isModelName(primary)) found.push(issue(at("primary"), "primary_invalid", "A primary is a model's name."));
  found.push(...checkFallbacks(fallbacks, primary, at("fallbacks")));
  if (!isOneOf(COST_TIERS, cost_tier))
    found.push(issue(at("cost_tier"), "cost_tier_invalid", `One of ${COST_TIERS.join(", ")} is wanted.`));
  if (!isOneOf(LATENCY_TIERS, latency_tier))
    found.push(issue(at("latency_tier"), "latency_tier_invalid", `One of ${LATENCY_TIERS.join(", ")} is wanted.`));
  return found;
}

/** An empty list is allowed: such an entry waits for approval as soon as its primary is gone. */
function checkFallbacks(fallbacks: unknown, primary: unknown, place: Place): readonly RoutingIssue[] {
  if (!Array.isArray(fallbacks)) return [issue(place, "fallbacks_not_array", "A list of fallbacks is wanted.")];
  const seen = new Set<unknown>([primary]);
  return fallbacks.flatMap((name: unknown, i): readonly RoutingIssue[] => {
    const at: Place = { check: place.check, path: `${place.path}/${i}` };
    if (!isModelName(name)) return [issue(at, "fallback_invalid", "A fallback is a model's name.")];
    // Falling back to "the rule decides" would leave the configured list.
    if (name === AUTO_MODEL) return [issue(at, "fallback_auto", `"${AUTO_MODEL}" stands as a primary alone.`)];
    if (seen.has(name)) return [issue(at, "fallback_repeated", `"${name}" is named before; it would be tried twice.`)];
    seen.add(name);
    return [];
  });
}

function checkHint(hint: unknown, path: string): readonly RoutingIssue[] {
  const place: Place = { check: "effort_hint", path };
  const wanted = `One of ${EFFORT_HINTS.join(", ")} is wanted.`;
  if (hint === undefined || hint === null) return [issue(place, "effort_hint_missing", wanted)];
  return isOneOf(EFFORT_HINTS, hint) ? [] : [issue(place, "effort_hint_invalid", wanted)];
}

function checkTiers(tiers: unknown, path: string): readonly RoutingIssue[] {
  const check = "by_tier";
  const wanted = `Exactly ${COMPLEXITY_TIERS.join(", ")} are wanted.`;
  if (tiers === undefined || tiers === null) return [issue({ check, path }, "by_tier_missing", wanted)];
  if (!isRecord(tiers)) return [issue({ check, path }, "by_tier_not_object", wanted)];
  const strangers = Object.keys(tiers).filter((tier) => !isOneOf(COMPLEXITY_TIERS, tier));
  return [
    ...COMPLEXITY_TIERS.flatMap((tier) =>
      Object.hasOwn(tiers, tier) && tiers[tier] !== null
        ? checkTier(tiers[tier], `${path}/${tier}`)
        : [issue({ check, path: `${path}/${tier}` }, "tier_missing", wanted)],
    ),
    ...strangers.map((tier) => issue({ check, path: path + toPointer(tier) }, "unknown_tier", wanted)),
  ];
}

function checkTier(entry: unknown, path: string): readonly RoutingIssue[] {
  const place: Place = { check: "by_tier", path };
  if (!isRecord(entry)) return [issue(place, "tier_not_object", "A tier's entry is an object.")];
  const { reasoning_effort_hint: hint, ...rest } = entry;
  const at: Place = { check: "effort_hint", path: `${path}/reasoning_effort_hint` };
  return [
    ...(hint === undefined ? [] : [issue(at, "effort_hint_in_tier", "The hint belongs to the role.")]),
    ...(Object.hasOwn(rest, "inherit_from")
      ? checkInherited(rest, place)
      : [...unknownFields(rest, ENTRY_FIELDS, place), ...checkEntry(rest, place)]),
  ];
}

function checkInherited(entry: Readonly<Record<string, unknown>>, place: Place): readonly RoutingIssue[] {
  const target = entry.inherit_from;
  const at: Place = { check: place.check, path: `${place.path}/inherit_from` };
  const isTarget = typeof target === "string" && INHERIT_TARGET.test(target);
  return [
    ...(isTarget
      ? []
      : [issue(at, "inherit_target_invalid", '"default", "role:<name>" or "role:<name>@<TIER>" is wanted.')]),
    ...unknownFields(entry, ["inherit_from"], place),
  ];
}
