import { ok } from "../../shared/base/result.ts";
import type { DoorName } from "../../shared/contract/doors.ts";
import type { MCP_DOORS } from "../../shared/contract/mcp-door.ts";
import { FEEDBACK_HANDLERS } from "./feedback-handlers.ts";
import { GOVERNANCE_HANDLERS } from "./governance-handlers.ts";
import type { Handler } from "./handler.ts";
import { classify } from "./handlers/classify.ts";
import { getDecision, listDecisions, recomputeDecision } from "./handlers/decisions.ts";
import { getPolicy, putPolicy } from "./handlers/policy.ts";
import { route, routeByQuery } from "./handlers/route.ts";
import { getStatus, readProbe, startProbe } from "./handlers/status.ts";
import { approveDecision, giveVerdict, recordOutcome } from "./handlers/verdicts.ts";

import { REFRESH_HANDLERS } from "./refresh-handlers.ts";
import { RUN_HANDLERS } from "./run-handlers.ts";
import { SELECTION_HANDLERS } from "./selection-handlers.ts";
import { makeMcpHandler } from "./surfaces/mcp.ts";
import { VERIFIER_HANDLERS } from "./verifier-handlers.ts";
import { WEBHOOK_HANDLERS } from "./webhook-handlers.ts";

/** Read when it is first asked for: its 140 KiB cost every start some 5 ms otherwise. */
const openApi: Handler = async () => {
  const { default: data } = await import("../../shared/data/openapi.json", { with: { type: "json" } });
  return ok({ data });
};

/** One handler for every door of the contract; a door without one does not compile. */
const DOOR_HANDLERS: Readonly<Record<Exclude<DoorName, keyof typeof MCP_DOORS>, Handler>> = {
  ...SELECTION_HANDLERS,
  ...FEEDBACK_HANDLERS,
  ...REFRESH_HANDLERS,
  ...RUN_HANDLERS,
  ...GOVERNANCE_HANDLERS,
  ...WEBHOOK_HANDLERS,
  ...VERIFIER_HANDLERS,
  classify,
  route,
  routeByQuery,
  listDecisions,
  getDecision,
  recomputeDecision,
  approveDecision,
  giveVerdict,
  recordOutcome,
  getPolicy,
  putPolicy,
  getStatus,
  startProbe,
  readProbe,
  openApi,
  health: async () => ok({ data: { status: "ok" } }),
};

/** Those, and the surface that speaks to them in another protocol. */
export const HANDLERS: Readonly<Record<DoorName, Handler>> = { ...DOOR_HANDLERS, mcp: makeMcpHandler(DOOR_HANDLERS) };
