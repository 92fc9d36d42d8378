import * as z from "zod";
import {
  COMPLEXITY_TIERS,
  COST_TIERS,
  DISPATCH_MODES,
  EFFORT_HINTS,
  LATENCY_TIERS,
} from "../policy/governance/routing-file.ts";

const tierField = z.enum(COMPLEXITY_TIERS);

const costedSchema = z.object({
  model: z.string(),
  model_id: z.string().nullable(),
  cost_tier: z.enum(COST_TIERS),
  /** True where no price is known, so that the entry's own word is taken. */
  cost_assumed: z.boolean(),
});

const reasonSchema = z.object({ code: z.string(), model: z.string().nullable(), detail: z.string().nullable() });

/** What a role came to, for a task or a dispatch. */
export const governedSchema = z
  .object({
    version: z.int(),
    agent: z.string().nullable(),
    role: z.string(),
    tier: tierField.nullable(),
    /** LARGE where an open HIGH risk lifts a review; else the tier. */
    effective_tier: tierField.nullable(),
    override_reason: z.string().nullable(),
    mode: z.enum(DISPATCH_MODES),
    /** True where every field is advice: the model is left to whoever dispatches. */
    is_advisory: z.boolean(),
    source: z.string(),
    /** What it runs on; null where the rule picks within `constraints`, and where it waits for approval. */
    model: costedSchema.nullable(),
    /** Place in the role's list: 0 = the primary. */
    attempt: z.int().nullable(),
    used_fallback: z.boolean(),
    primary: z.string(),
    fallbacks: z.array(costedSchema),
    cost_tier: z.enum(COST_TIERS),
    latency_tier: z.enum(LATENCY_TIERS),
    reasoning_effort_hint: z.enum(EFFORT_HINTS),
    capped: z
      .object({
        asked: z.object({ model: z.string(), cost_tier: z.enum(COST_TIERS) }),
        effective_model: z.string().nullable(),
        cost_tier: z.enum(COST_TIERS),
        assumed: z.boolean(),
      })
      .nullable(),
    constraints: z
      .object({
        allow: z.array(z.string()),
        max_prompt_usd_per_million: z.number().nullable(),
        min_output_tokens_per_second: z.number().nullable(),
      })
      .nullable(),
    /** WAITING_APPROVAL: none of the role's models can be run, and no other may be. */
    state: z.enum(["READY", "WAITING_APPROVAL"]),
    reasons: z.array(reasonSchema),
    says: z.string(),
  })
  .meta({ id: "Governed" });
export type GovernedBody = z.output<typeof governedSchema>;

/** The resolve door's answer: the same, with what the task was read as and how a plan of it is reviewed. */
export const resolvedGovernanceSchema = governedSchema.extend({
  classified: z
    .object({
      tier: tierField,
      complexity: z.string(),
      scope_breadth: z.number(),
      abstained: z.boolean(),
      /** Whether the gate holds the task back until somebody approves. */
      high_risk: z.boolean(),
    })
    .nullable(),
  review: z
    .object({
      effective_tier: tierField,
      override: z.boolean(),
      reviewers: z.array(z.string()),
      max_iterations: z.int(),
    })
    .nullable(),
});

const issueSchema = z.object({ path: z.string(), code: z.string(), message: z.string() });
const cappedSchema = z.object({
  agent: z.string(),
  tier: tierField.nullable(),
  attempt: z.int(),
  model: z.string(),
  effective_model: z.string(),
  assumed: z.boolean(),
});

/** What of a valid file will not go as it is written, by today's catalogue and prices. */
const adviceShape = {
  warnings: z.array(issueSchema),
  capped: z.array(cappedSchema),
  /** Names that the catalogue does not have: nothing can be run on them. */
  unknown_models: z.array(z.string()),
};

export const validatedGovernanceSchema = z.object({
  valid: z.boolean(),
  issues: z.array(issueSchema),
  ...adviceShape,
});

const agentAtTierSchema = z.object({
  role: z.string(),
  ...costedSchema.shape,
  fallbacks: z.array(z.string()),
  /** What it runs on instead; null = it is not capped. */
  capped_to: z.string().nullable(),
  latency_tier: z.enum(LATENCY_TIERS),
  reasoning_effort_hint: z.enum(EFFORT_HINTS),
});

/** PUT /api/governance?dry_run=1: each agent at each tier whose lot would change. */
export const governancePreviewSchema = z.object({
  dry_run: z.literal(true),
  changed_count: z.int(),
  changed: z.array(
    z.object({
      agent: z.string(),
      /** null = no tier is known yet. */
      tier: tierField.nullable(),
      fields: z.array(z.string()),
      before: agentAtTierSchema.nullable(),
      after: agentAtTierSchema.nullable(),
    }),
  ),
  ...adviceShape,
});
export type GovernancePreviewBody = z.output<typeof governancePreviewSchema>;

/** `count` of `of`; the rate is null where there were none to count. */
const shareSchema = z.object({ count: z.int(), of: z.int(), rate: z.number().nullable() });

/** GET /api/governance/report */
export const governanceReportSchema = z.object({
  days: z.int(),
  events: z.int(),
  outcomes: z.int(),
  /** True where more was recorded than one report reads: it is of the newest. */
  truncated: z.boolean(),
  roles: z.array(
    z.object({
      role: z.string(),
      resolutions: z.int(),
      fallbacks: shareSchema,
      capped: shareSchema,
      waiting: shareSchema,
      hints_ignored: shareSchema,
      outcomes: z.int(),
      successes: z.int(),
      models: z.array(z.record(z.string(), z.unknown())),
    }),
  ),
  /** From 50 outcomes of a role at a tier on; never applied by itself. */
  suggestions: z.array(z.record(z.string(), z.unknown())),
});
