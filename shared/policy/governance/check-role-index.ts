import {
  AGENT_FILE_SUFFIX,
  isAskableName,
  isRecord,
  ownMember,
  type RoutingIssue,
  toPointer,
  toStem,
} from "./routing-file.ts";

const issue = (path: string, code: string, message: string): RoutingIssue => ({
  check: "role_index",
  path,
  code,
  message,
});

const CONSUMER_WANTED = `A file name ending in ${AGENT_FILE_SUFFIX} is wanted, of 200 visible characters before that at most.`;

const toKey = (role: string, agent: string): string => JSON.stringify([role, agent]);

interface Consumer {
  readonly role: string;
  readonly file: string;
  readonly path: string;
}

/**
 * Whether agents and roles name each other: every entry of the index stands in its role's consumers, every consumer in
 * the index, and no agent in two roles. `roles` is any record; what else is wrong with it is not said here.
 */
export function checkRoleIndex(roles: Readonly<Record<string, unknown>>, index: unknown): readonly RoutingIssue[] {
  if (index === undefined || index === null)
    return [issue("/agent_role_index", "index_missing", "An index of agents is wanted.")];
  if (!isRecord(index)) return [issue("/agent_role_index", "index_not_object", "The index maps agents to roles.")];
  const malformed = Object.entries(roles).flatMap(([name, role]) => checkConsumers(name, role));
  // Who consumes what cannot be said while a list is unreadable.
  if (malformed.length > 0) return malformed;
  const consumers = Object.entries(roles).flatMap(([name, role]) => listConsumers(name, role));
  const listed = new Set(consumers.map(({ role, file }) => toKey(role, toStem(file))));
  return [
    ...findRepeated(consumers),
    ...Object.entries(index).flatMap(([agent, role]) => checkIndexEntry(agent, role, { roles, listed })),
    ...consumers
      .filter(({ file }) => ownMember(index, toStem(file)) === undefined)
      .map(({ file, path }) => issue(path, "index_missing_agent", `"${toStem(file)}" is not in agent_role_index.`)),
  ];
}

function checkConsumers(name: string, role: unknown): readonly RoutingIssue[] {
  const consumers = isRecord(role) ? role.consumers : undefined;
  const path = toPointer("roles", name, "consumers");
  if (!Array.isArray(consumers)) return [issue(path, "consumers_not_array", "Consumers are a list of agent files.")];
  return consumers
    .map((file: unknown, i) => ({ file, path: `${path}/${i}` }))
    .filter(({ file }) => typeof file !== "string" || !file.endsWith(AGENT_FILE_SUFFIX) || !isAskableName(toStem(file)))
    .map((one) => issue(one.path, "consumer_invalid", CONSUMER_WANTED));
}

function listConsumers(name: string, role: unknown): readonly Consumer[] {
  const consumers: unknown = isRecord(role) ? role.consumers : undefined;
  if (!Array.isArray(consumers)) return [];
  return consumers.flatMap((file: unknown, i) =>
    typeof file === "string" ? [{ role: name, file, path: toPointer("roles", name, "consumers", i) }] : [],
  );
}

function findRepeated(consumers: readonly Consumer[]): readonly RoutingIssue[] {
  const firsts = new Map<string, Consumer>();
  return consumers.flatMap((consumer) => {
    const first = firsts.get(consumer.file);
    if (first === undefined) {
      firsts.set(consumer.file, consumer);
      return [];
    }
    return first.role === consumer.role
      ? [issue(consumer.path, "consumer_repeated", `"${consumer.file}" is listed twice.`)]
      : [issue(consumer.path, "consumer_in_two_roles", `"${consumer.file}" is a consumer of "${first.role}" too.`)];
  });
}

function checkIndexEntry(
  agent: string,
  role: unknown,
  { roles, listed }: { readonly roles: Readonly<Record<string, unknown>>; readonly listed: ReadonlySet<string> },
): readonly RoutingIssue[] {
  const path = toPointer("agent_role_index", agent);
  if (typeof role !== "string" || !Object.hasOwn(roles, role))
    return [issue(path, "index_unknown_role", "There is no such role.")];
  return listed.has(toKey(role, agent))
    ? []
    : [issue(path, "index_not_in_consumers", `"${role}" does not list "${agent}" as a consumer.`)];
}
