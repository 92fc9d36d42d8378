import * as z from "zod";
import { type Door, json, none } from "./door.ts";
import {
  governancePreviewSchema,
  governanceReportSchema,
  resolvedGovernanceSchema,
  validatedGovernanceSchema,
} from "./governance-answers.ts";
import {
  governanceExportQuerySchema,
  governanceQuerySchema,
  governanceReportQuerySchema,
  resolveGovernanceSchema,
} from "./governance-requests.ts";
import { routingFileSchema } from "./routing-document.ts";

/** Roles instead of model names: the tenant's routing file, what an agent gets by it, and what became of that. */
export const GOVERNANCE_DOORS = {
  getGovernance: {
    ...none,
    method: "GET",
    path: "/api/governance",
    auth: "read",
    summary: "The tenant's routing file; meta.version 0 is the shipped default",
    response: routingFileSchema,
  },
  putGovernance: {
    ...json,
    method: "PUT",
    path: "/api/governance",
    auth: "admin",
    summary: "Save the whole routing file as the next version, or with dry_run=1 show what each agent would get",
    query: governanceQuerySchema,
    request: routingFileSchema,
    response: z.union([routingFileSchema, governancePreviewSchema]),
  },
  resolveGovernance: {
    ...json,
    method: "POST",
    path: "/api/governance/resolve",
    auth: "read",
    summary: "Which model an agent or a role gets, at a tier or for a task, and why",
    request: resolveGovernanceSchema,
    response: resolvedGovernanceSchema,
  },
  validateGovernance: {
    ...json,
    method: "POST",
    path: "/api/governance/validate",
    auth: "read",
    summary: "Everything wrong with a routing file, each with its JSON pointer; nothing is saved",
    request: routingFileSchema,
    response: validatedGovernanceSchema,
  },
  getGovernanceReport: {
    ...none,
    method: "GET",
    path: "/api/governance/report",
    auth: "read",
    summary: "Which roles fall back, are capped or have their hints ignored, and what the outcomes suggest",
    query: governanceReportQuerySchema,
    response: governanceReportSchema,
  },
  exportGovernance: {
    ...none,
    method: "GET",
    path: "/api/governance/telemetry",
    auth: "read",
    summary: "Resolutions and their outcomes as NDJSON, in the order of their last change; X-Next-Cursor goes on",
    query: governanceExportQuerySchema,
    bare: true,
  },
} as const satisfies Record<string, Door>;
