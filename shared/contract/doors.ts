import * as z from "zod";
import { classificationSchema, classifyRequestSchema } from "./classify.ts";
import {
  approveRequestSchema,
  decisionSchema,
  listDecisionsQuerySchema,
  outcomeRequestSchema,
  recomputeRequestSchema,
  verdictAnswerSchema,
  verdictRequestSchema,
} from "./decisions.ts";
import { type Door, json, none, optionalJson } from "./door.ts";
import { FEEDBACK_DOORS } from "./feedback-doors.ts";
import { GOVERNANCE_DOORS } from "./governance-doors.ts";
import { MCP_DOORS } from "./mcp-door.ts";
import { policyDocumentSchema, policyQuerySchema } from "./policy-document.ts";
import { REFRESH_DOORS } from "./refresh-doors.ts";
import { routeQuerySchema, routeRequestSchema } from "./route.ts";
import { RUN_DOORS } from "./run-doors.ts";
import { SELECTION_DOORS } from "./selection-doors.ts";
import { healthSchema, probeSchema, probeStartedSchema, statusSchema } from "./status.ts";
import { VERIFIER_DOORS } from "./verifier-doors.ts";
import { WEBHOOK_DOORS } from "./webhook-doors.ts";

/** PUT /api/policy?dry_run=1: which sample tasks would be decided otherwise, and how. */
const policyPreviewSchema = z.object({
  dry_run: z.literal(true),
  samples: z.int(),
  changed_count: z.int(),
  changed: z.array(z.object({ task: z.string(), before: z.string(), after: z.string() })),
});

/** The whole URL surface by handler name; the router binds each name to a handler, the OpenAPI document lists them. */
export const DOORS = {
  ...SELECTION_DOORS,
  ...FEEDBACK_DOORS,
  ...REFRESH_DOORS,
  ...RUN_DOORS,
  ...GOVERNANCE_DOORS,
  ...VERIFIER_DOORS,
  ...WEBHOOK_DOORS,
  ...MCP_DOORS,
  classify: {
    ...json,
    method: "POST",
    path: "/api/classify",
    auth: "read",
    summary: "Classify a task, or up to 64 tasks, with calibrated probabilities",
    request: classifyRequestSchema,
    response: z.union([classificationSchema, z.array(classificationSchema)]),
  },
  route: {
    ...json,
    method: "POST",
    path: "/api/route",
    auth: "read",
    summary: "Decide which model, provider, driver and mode should do a task",
    request: routeRequestSchema,
    response: decisionSchema,
  },
  routeByQuery: {
    ...none,
    method: "GET",
    path: "/api/route",
    auth: "read",
    summary: "The same for a short task in the query string",
    query: routeQuerySchema,
    response: decisionSchema,
  },
  listDecisions: {
    ...none,
    method: "GET",
    path: "/api/decisions",
    auth: "read",
    summary: "List decisions, newest first",
    query: listDecisionsQuerySchema,
    response: z.array(decisionSchema),
  },
  getDecision: {
    ...none,
    method: "GET",
    path: "/api/decisions/:id",
    auth: "read",
    summary: "One decision",
    response: decisionSchema,
  },
  recomputeDecision: {
    ...optionalJson,
    method: "POST",
    path: "/api/decisions/:id/recompute",
    auth: "read",
    summary: "Rebuild a decision from its receipt and say whether it is equal",
    request: recomputeRequestSchema,
    response: z.object({
      id: z.string(),
      equal: z.boolean(),
      differences: z.array(z.object({ path: z.string(), stored: z.unknown(), recomputed: z.unknown() })),
      reclassified: z.boolean(),
    }),
  },
  approveDecision: {
    ...optionalJson,
    method: "POST",
    path: "/api/decisions/:id/approve",
    auth: "approve",
    summary: "Lift the gate of a decision that requires approval; never by the key that asked for it",
    request: approveRequestSchema,
    response: z.object({ approval_id: z.string(), decision_id: z.string(), approved_by: z.string() }),
  },
  giveVerdict: {
    ...json,
    method: "POST",
    path: "/api/decisions/:id/verdict",
    auth: "feedback",
    summary: "Accept or reject the current attempt; a rejection answers the next model",
    request: verdictRequestSchema,
    response: verdictAnswerSchema,
  },
  recordOutcome: {
    ...json,
    method: "POST",
    path: "/api/outcomes",
    auth: "feedback",
    summary: "Say what became of a decision",
    request: outcomeRequestSchema,
    response: z.object({ outcome_id: z.string(), decision_id: z.string(), recorded: z.literal(true) }),
  },
  getPolicy: {
    ...none,
    method: "GET",
    path: "/api/policy",
    auth: "read",
    summary: "The tenant's policy; meta.version 0 is the shipped default",
    response: policyDocumentSchema,
  },
  putPolicy: {
    ...json,
    method: "PUT",
    path: "/api/policy",
    auth: "admin",
    summary: "Save the whole policy as the next version, or with dry_run=1 show which of 20 sample tasks would change",
    query: policyQuerySchema,
    request: policyDocumentSchema,
    response: z.union([policyDocumentSchema, policyPreviewSchema]),
  },
  getStatus: {
    ...none,
    method: "GET",
    path: "/api/status",
    auth: "read",
    summary: "What is loaded, how fresh it is and which engine answers",
    response: statusSchema,
  },
  startProbe: {
    ...none,
    method: "POST",
    path: "/api/status/probe",
    auth: "admin",
    summary: "Send one step through the queue",
    response: probeStartedSchema,
  },
  readProbe: {
    ...none,
    method: "GET",
    path: "/api/status/probe/:id",
    auth: "admin",
    summary: "Whether the queue's consumer has answered the probe",
    response: probeSchema,
  },
  openApi: {
    ...none,
    method: "GET",
    path: "/openapi.json",
    auth: "public",
    summary: "This document",
    bare: true,
  },
  health: {
    ...none,
    method: "GET",
    path: "/healthz",
    auth: "public",
    summary: "Whether the router answers",
    response: healthSchema,
    bare: true,
  },
} as const satisfies Record<string, Door>;

export type DoorName = keyof typeof DOORS;
