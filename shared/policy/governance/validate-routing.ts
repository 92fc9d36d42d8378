import { fail, ok, type Result } from "../../base/result.ts";
import { checkRoleIndex } from "./check-role-index.ts";
import { checkRoleShape, unknownFields } from "./check-role-shape.ts";
import { checkTierFloor } from "./check-tier-floor.ts";
import { assumedCost, type CostOf } from "./cost-tier.ts";
import { checkInheritance, type InheritingRoles } from "./follow-entry.ts";
import { EXECUTOR_WORK, isRecord, type RoutingFile, type RoutingIssue, toPointer, toStem } from "./routing-file.ts";

const FILE_FIELDS = [
  "version",
  "description",
  "trace_id",
  "pinned_agents",
  "roles",
  "agent_role_index",
  "orchestrator",
  "review_agents",
  "executor_roles",
];

const issue = (path: string, code: string, message: string): RoutingIssue => ({ check: "shape", path, code, message });

/** Its claim is made true by those who ask it: only with everything that checkStructure() finds. */
const isWellShaped = (document: unknown, found: readonly RoutingIssue[]): document is RoutingFile =>
  isRecord(document) && found.length === 0;

/** As isWellShaped(), of the roles alone: who consumes them does not bear on what they inherit. */
const areWellShaped = (roles: unknown, found: readonly RoutingIssue[]): roles is InheritingRoles =>
  isRecord(roles) && found.length === 0;

/** All that keeps a document from being resolved. Inheritance is followed once every role has its shape. */
function checkStructure(document: unknown): readonly RoutingIssue[] {
  const roles = isRecord(document) ? document.roles : undefined;
  const ofRoles = isRecord(roles) ? Object.entries(roles).flatMap(([name, role]) => checkRoleShape(name, role)) : [];
  const inheritance = areWellShaped(roles, ofRoles) ? checkInheritance(roles) : [];
  return [...checkShape(document, ofRoles), ...inheritance];
}

/**
 * Everything wrong with a routing document, none where it is valid. The tier floor is looked at once nothing else is
 * wrong. With `costOf` it counts each model's own cost tier.
 */
export function validateRouting(document: unknown, costOf: CostOf = assumedCost): readonly RoutingIssue[] {
  const found = checkStructure(document);
  return isWellShaped(document, found) ? checkTierFloor(document, costOf) : found;
}

/** The document as a routing file; the fault names the first place that is wrong and how many there are. */
export const parseRoutingFile = (document: unknown, costOf: CostOf = assumedCost): Result<RoutingFile> =>
  toFile(document, validateRouting(document, costOf));

/**
 * The same of a file that was valid when it was saved. The floor is for whoever writes one: a rule that came later takes no
 * file out of force, and what is dispatched is capped whatever the file says.
 */
export const parseSavedRouting = (document: unknown): Result<RoutingFile> => toFile(document, checkStructure(document));

function toFile(document: unknown, found: readonly RoutingIssue[]): Result<RoutingFile> {
  const [first] = found;
  if (isWellShaped(document, found)) return ok(document);
  const more = found.length > 1 ? ` (and ${found.length - 1} more)` : "";
  return fail({
    kind: "invalid_param",
    field: first?.path || "/",
    message: `Cannot use the routing file: ${first?.path || "/"} ${first?.code}: ${first?.message}${more}`,
  });
}

function checkShape(document: unknown, ofRoles: readonly RoutingIssue[]): readonly RoutingIssue[] {
  if (!isRecord(document)) return [issue("", "file_not_object", "A routing file is an object.")];
  const { roles } = document;
  const isUsable = isRecord(roles) && Object.keys(roles).length > 0;
  return [
    ...unknownFields(document, FILE_FIELDS, { check: "shape", path: "" }),
    ...checkTexts(document),
    ...(isUsable ? [] : [issue("/roles", "roles_missing", "At least one role is wanted.")]),
    ...ofRoles,
    ...checkRoleIndex(isRecord(roles) ? roles : {}, document.agent_role_index),
    ...checkAgentList(document, "pinned_agents"),
    ...(document.review_agents === undefined ? [] : checkAgentList(document, "review_agents")),
    ...(document.executor_roles === undefined ? [] : checkExecutorRoles(document.executor_roles, roles)),
  ];
}

function checkTexts(document: Readonly<Record<string, unknown>>): readonly RoutingIssue[] {
  const { version } = document;
  const found =
    typeof version === "string" && version !== "" ? [] : [issue("/version", "version_missing", "A version is wanted.")];
  const others = ["description", "trace_id", "orchestrator"].filter(
    (key) => document[key] !== undefined && typeof document[key] !== "string",
  );
  return [...found, ...others.map((key) => issue(`/${key}`, "text_wanted", "A text is wanted."))];
}

function checkExecutorRoles(work: unknown, roles: unknown): readonly RoutingIssue[] {
  const path = "/executor_roles";
  if (!isRecord(work)) return [issue(path, "executor_roles_not_object", "Roles by kind of work are wanted.")];
  const known = isRecord(roles) ? roles : {};
  return [
    ...unknownFields(work, EXECUTOR_WORK, { check: "shape", path }),
    ...EXECUTOR_WORK.filter((kind) => Object.hasOwn(work, kind)).flatMap((kind) => {
      const role = work[kind];
      if (typeof role === "string" && Object.hasOwn(known, role)) return [];
      return [issue(toPointer("executor_roles", kind), "unknown_role", "There is no such role in roles.")];
    }),
  ];
}

function checkAgentList(
  document: Readonly<Record<string, unknown>>,
  key: "pinned_agents" | "review_agents",
): readonly RoutingIssue[] {
  const list = document[key];
  if (!Array.isArray(list)) return [issue(`/${key}`, `${key}_not_array`, "A list of agents is wanted.")];
  const index = isRecord(document.agent_role_index) ? document.agent_role_index : {};
  return list.flatMap((agent: unknown, i) => {
    if (typeof agent === "string" && Object.hasOwn(index, toStem(agent))) return [];
    return [issue(toPointer(key, i), "unknown_agent", "There is no such agent in agent_role_index.")];
  });
}
