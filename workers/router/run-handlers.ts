import type { RUN_DOORS } from "../../shared/contract/run-doors.ts";
import type { Handler } from "./handler.ts";
import { approveRun, cancelRun, giveRunVerdict, resumeRun } from "./handlers/change-run.ts";
import { createRun } from "./handlers/create-run.ts";
import { decompose, swarm } from "./handlers/decompose.ts";
import { deleteProviderKey, getCallbackSecret, getProviderKey, putProviderKey } from "./handlers/provider-keys.ts";
import { composeRole, listRoleBlocks } from "./handlers/roles.ts";
import { getRun, getRunArtifact, getRunResult, listRunEvents, listRuns } from "./handlers/runs.ts";

export const RUN_HANDLERS: Readonly<Record<keyof typeof RUN_DOORS, Handler>> = {
  decompose,
  swarm,
  listRoleBlocks,
  composeRole,
  createRun,
  listRuns,
  getRun,
  listRunEvents,
  getRunResult,
  getRunArtifact,
  cancelRun,
  approveRun,
  giveRunVerdict,
  resumeRun,
  getCallbackSecret,
  getProviderKey,
  putProviderKey,
  deleteProviderKey,
};
