import { ok, type Result } from "../../../../shared/base/result.ts";
import type { RouterDeps } from "../../deps.ts";
import { toUnreachable } from "../../unreachable.ts";

/**
 * Endpoints that a run of this tenant could not call, so that a hook decides for what its run reaches; none where no key
 * is there at all, so that the task is decided all the same. Faults: unavailable, malformed_data.
 */
export async function readUnreachable(tenantId: string, deps: RouterDeps): Promise<Result<readonly string[]>> {
  const [known, open, policy] = [
    deps.knownProviders(),
    await deps.readReach(tenantId),
    await deps.readPolicy(tenantId),
  ];
  if (!known.ok) return known;
  if (!open.ok) return open;
  if (!policy.ok) return policy;
  if (open.value.size === 0) return ok([]);
  return ok(toUnreachable([...known.value, ...policy.value.policy.providers], open.value));
}
