import type { GOVERNANCE_DOORS } from "../../shared/contract/governance-doors.ts";
import type { Handler } from "./handler.ts";
import { getGovernance, putGovernance, validateGovernance } from "./handlers/governance.ts";
import { exportGovernance, getGovernanceReport } from "./handlers/governance-report.ts";
import { resolveGovernance } from "./handlers/resolve-governance.ts";

export const GOVERNANCE_HANDLERS: Readonly<Record<keyof typeof GOVERNANCE_DOORS, Handler>> = {
  getGovernance,
  putGovernance,
  validateGovernance,
  resolveGovernance,
  getGovernanceReport,
  exportGovernance,
};
