import { ok, type Result } from "../../shared/base/result.ts";
import type { RouterDeps, World } from "./deps.ts";
import { type GovernanceWorld, readGovernanceWorld } from "./governance-world.ts";
import type { RunCommand } from "./run-command.ts";

/** What all of a run is made by: a policy, catalogue or routing file that is saved meanwhile is seen by no part of it. */
export interface RunWorld {
  readonly world: World;
  /** null where the request names neither agent nor role. */
  readonly file: GovernanceWorld | null;
}

/** The world of now, read once for a run. Faults: unavailable, not_found, malformed_data. */
export async function readRunWorld(
  { tenantId, body }: Pick<RunCommand, "tenantId" | "body">,
  deps: RouterDeps,
): Promise<Result<RunWorld>> {
  const world = await deps.readWorld(tenantId);
  if (!world.ok) return world;
  if (body.governance === undefined) return ok({ world: world.value, file: null });
  const file = await readGovernanceWorld(tenantId, world.value.catalog, deps);
  return file.ok ? ok({ world: world.value, file: file.value }) : file;
}
