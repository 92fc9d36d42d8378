import type { Result } from "../../shared/base/result.ts";
import type { World } from "./deps.ts";

/** What the doors of runs may do. */
export interface RunDeps {
  /** What a decision reads beside its task, for several decisions that share one view. */
  readonly readWorld: (tenantId: string) => Promise<Result<World>>;
}
