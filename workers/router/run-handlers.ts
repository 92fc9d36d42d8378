import type { RUN_DOORS } from "../../shared/contract/run-doors.ts";
import type { Handler } from "./handler.ts";
import { decompose, swarm } from "./handlers/decompose.ts";
import { composeRole, listRoleBlocks } from "./handlers/roles.ts";

export const RUN_HANDLERS: Readonly<Record<keyof typeof RUN_DOORS, Handler>> = {
  decompose,
  swarm,
  listRoleBlocks,
  composeRole,
};
