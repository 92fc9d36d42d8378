import { toCanonicalJson } from "../../shared/base/canonical-json.ts";
import type { DecisionRecord, LockRequest } from "../platform/d1/decisions-store.ts";
import type { RouteCommand } from "./route-command.ts";

type Sha256Hex = (text: string) => Promise<string>;

/** The lock of a tenant's task. */
export const toTaskKey = async (task: { readonly tenantId: string; readonly taskId: string }, sha256Hex: Sha256Hex) =>
  `task:${await sha256Hex(toCanonicalJson({ tenantId: task.tenantId, taskId: task.taskId }))}`;

/**
 * A request with a task_id is locked by it, until an outcome, acceptance or exhaustion, or `reroute`; one without is
 * recognised by its content for the policy's TTL. Digests of canonical JSON: no tenant's or task's name can be chosen
 * so that two pairs of them read the same.
 */
export async function toLockKey(command: RouteCommand, sha256Hex: Sha256Hex): Promise<string> {
  const { tenantId, taskId, taskText, request, governance, repository, unreachable = [] } = command;
  if (taskId !== null) return toTaskKey({ tenantId, taskId }, sha256Hex);
  // What an agent may be told is not what a run can carry out; the same for both where nothing is out of reach.
  const reach = unreachable.length === 0 ? {} : { unreachable };
  const where = repository === undefined ? {} : { repository };
  return `request:${await sha256Hex(toCanonicalJson({ tenantId, taskText, request, governance, ...reach, ...where }))}`;
}

/**
 * The lock of a new decision. A stale holder is replaced only while it still holds the key, so that of many who saw it
 * grow stale one alone takes over; a reroute replaces whoever holds it.
 */
export const toLock = (input: {
  readonly key: string;
  readonly record: DecisionRecord;
  readonly ttlS: number;
  readonly reroute: boolean;
  readonly stale: DecisionRecord | null;
}): LockRequest => ({
  key: input.key,
  expiresAtMs: input.record.taskId === null ? input.record.createdAtMs + input.ttlS * 1000 : null,
  replace: input.reroute || input.stale !== null,
  ...(input.stale === null ? {} : { replaceHolder: input.stale.id }),
});
