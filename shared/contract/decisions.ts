import * as z from "zod";
import { EFFORTS, PRICE_TIERS } from "../catalog/model.ts";
import { ESCALATION_ENDS } from "../policy/decision.ts";
import { DRIVERS, RUN_MODES } from "../policy/policy.ts";
import { classificationSchema, taskContextSchema } from "./classify.ts";
import { queryNumber, repositoryField, usdField } from "./fields.ts";
import { governedSchema } from "./governance-answers.ts";
import { keptTagsField } from "./kept-tags.ts";

export const DECISION_STATES = ["open", "accepted", "exhausted", "closed"] as const;
export type DecisionState = (typeof DECISION_STATES)[number];

export const expectedSchema = z.object({
  success: z.number(),
  cost_usd: z.number(),
  minutes: z.number(),
  utility_usd: z.number(),
});

/** One model that could do the task, with what it is expected to cost and reach. */
export const pickSchema = z
  .object({
    model: z.string(),
    effort: z.enum(EFFORTS),
    provider: z.string(),
    driverKind: z.enum(DRIVERS),
    price_tier: z.enum(PRICE_TIERS),
    expected: expectedSchema,
    /** Of a member of `chain`: its expectations given that all before it failed. */
    expected_in_turn: expectedSchema.optional(),
    flags: z.array(z.string()),
  })
  .meta({ id: "Pick" });
export type PickBody = z.output<typeof pickSchema>;

/** A stored decision as every door shows it; the top-level pick is that of the current attempt. */
export const decisionSchema = z
  .object({
    id: z.string(),
    task_id: z.string().nullable(),
    driverKind: z.enum(DRIVERS),
    provider: z.string(),
    model: z.string(),
    effort: z.enum(EFFORTS),
    price_tier: z.enum(PRICE_TIERS),
    mode: z.enum(RUN_MODES),
    rationale: z.string(),
    expected: expectedSchema,
    flags: z.array(z.string()),
    gate: z.object({ requires_approval: z.boolean(), reason: z.string(), approval_id: z.string().nullable() }),
    fallbacks: z.array(pickSchema),
    alternatives: z.array(pickSchema),
    chain: z.array(pickSchema),
    mode_comparison: z.object({
      reason: z.string(),
      single_utility_usd: z.number(),
      cascade_utility_usd: z.number().nullable(),
    }),
    classification: classificationSchema,
    domain: z.string(),
    value: z.object({ usd: z.number(), from: z.enum(["request", "preset", "policy"]), weighted: z.boolean() }),
    /** What all attempts together may be expected to cost; null = the request named nothing. */
    max_usd: z.number().nullable(),
    /** Where the request named an agent or a role: what the tenant's routing file said. Left out of lists. */
    governance: governedSchema.optional(),
    attempt: z.int(),
    state: z.enum(DECISION_STATES),
    policy_version: z.int(),
    catalog_version: z.string(),
    created_at: z.string(),
  })
  .meta({ id: "Decision" });
export type DecisionBody = z.output<typeof decisionSchema>;

/** GET /api/decisions: newest first; `search` is a substring of id, task_id, model, labels or stored prompt text. */
export const listDecisionsQuerySchema = z.strictObject({
  cursor: z.string().max(200).optional(),
  limit: queryNumber.pipe(z.int().min(1).max(100)).optional(),
  search: z.string().max(50).optional(),
});

/**
 * POST /api/decisions/:id/recompute: the task, with the files and stack it was asked with, proves the classification too,
 * when the digest of their text matches.
 */
export const recomputeRequestSchema = z
  .strictObject({ task: z.string().optional(), context: taskContextSchema.optional() })
  .refine((body) => body.task !== undefined || body.context === undefined, {
    error: "expected the task that the context belongs to",
    path: ["task"],
  });

export const approveRequestSchema = z.strictObject({ note: z.string().max(2_000).optional() });

export const VERDICT_SOURCES = ["ci", "person", "judge"] as const;

/** POST /api/decisions/:id/verdict. `evidence` (a failing log, say) is handed on, not stored; only its digest is. */
export const verdictRequestSchema = z.strictObject({
  accepted: z.boolean(),
  evidence: z.string().max(65_536).optional(),
  source: z.enum(VERDICT_SOURCES),
  /** Where it was judged: the source's quality is measured there. Default the repository that the request named. */
  repository: repositoryField.optional(),
  /** What the attempt really cost, by whoever drove it: counted against max_usd instead of what was expected of it. */
  cost_usd: usdField.optional(),
  /** The attempt that was judged; default the current one. A verdict on an attempt that has ended is a conflict. */
  attempt: z.int().min(0).max(20).optional(),
});
export type VerdictRequestBody = z.input<typeof verdictRequestSchema>;

export const VERDICT_STATUSES = ["accepted", "next", "approval_required", "exhausted"] as const;

/** The verdict's answer: who is next, why, and what to hand on. */
export const verdictAnswerSchema = z.object({
  status: z.enum(VERDICT_STATUSES),
  next: z
    .object({ provider: z.string(), model: z.string(), effort: z.enum(EFFORTS), driverKind: z.enum(DRIVERS) })
    .nullable(),
  reason: z.string(),
  /** Why nothing follows an exhausted decision; null otherwise. `budget`: what is left is too dear for max_usd. */
  ended_by: z.enum(ESCALATION_ENDS).nullable(),
  /** Provider money, USD: what was told or booked of an attempt, else what was expected of it. */
  cost: z.object({
    /** Of the attempts that were made, the judged one included. */
    attempts_usd: z.number(),
    /** How many of them count with what they cost, and not with what was expected. */
    paid_attempts: z.int(),
    next_usd: z.number().nullable(),
    max_usd: z.number().nullable(),
    /** The strongest model that was weighed at the kickoff, and what a first attempt by it would have been expected to cost. */
    strongest_model: z.string(),
    strongest_usd: z.number(),
  }),
  evidence: z.string().nullable(),
});
export type VerdictAnswer = z.output<typeof verdictAnswerSchema>;

export const RESULTS = ["success", "failure", "partial", "abandoned"] as const;

/** POST /api/outcomes: how the task ended. `success` and `failure` teach; the others only close the decision. */
export const outcomeRequestSchema = z.strictObject({
  decision_id: z.string().min(1).max(100),
  result: z.enum(RESULTS),
  /** The attempt that the result is of; default the current one. Another one is a conflict. */
  attempt: z.int().min(0).max(20).optional(),
  rating: z.int().min(1).max(5).optional(),
  cost_usd: z.number().min(0).max(1_000_000).optional(),
  /** Context tags, as in POST /api/spawn-log/outcome. */
  context: keptTagsField.optional(),
});
