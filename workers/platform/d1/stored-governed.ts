import * as z from "zod";
import type { ModelCost } from "../../../shared/policy/governance/cost-tier.ts";
import type { GovernedRecord } from "../../../shared/policy/governance/governed-record.ts";
import type { GovernedPick } from "../../../shared/policy/governance/pick-governed.ts";
import type { GovernedResolution } from "../../../shared/policy/governance/resolve-governed.ts";
import {
  COMPLEXITY_TIERS,
  COST_TIERS,
  DISPATCH_MODES,
  EFFORT_HINTS,
  LATENCY_TIERS,
} from "../../../shared/policy/governance/routing-file.ts";

const tierField = z.enum(COMPLEXITY_TIERS).nullable();
const costTierField = z.enum(COST_TIERS);

const modelSchema: z.ZodType<ModelCost> = z.object({
  model: z.string(),
  modelId: z.string().nullable(),
  costTier: costTierField,
  assumed: z.boolean(),
});

const resolutionSchema: z.ZodType<GovernedResolution> = z.object({
  agent: z.string().nullable(),
  role: z.string(),
  tier: tierField,
  tierAsked: tierField,
  tierUsed: tierField,
  overrideReason: z.literal("unresolved_high_risk").nullable(),
  mode: z.enum(DISPATCH_MODES),
  source: z.enum(["top_level_primary", "by_tier", "default", "inherited"]),
  primary: z.string(),
  fallbacks: z.array(z.string()),
  costTier: costTierField,
  latencyTier: z.enum(LATENCY_TIERS),
  reasoningEffortHint: z.enum(EFFORT_HINTS),
  isAdvisory: z.boolean(),
  models: z.array(modelSchema),
  isAuto: z.boolean(),
  main: z.object({ agent: z.string(), costTier: costTierField, models: z.array(modelSchema) }).nullable(),
});

const reasonSchema: z.ZodType<GovernedPick["reasons"][number]> = z.object({
  code: z.enum([
    ...(["primary", "fallback", "unreachable", "capped", "review_lifted", "auto"] as const),
    ...(["assumed_cost", "models_exhausted", "main_model_unreachable"] as const),
  ]),
  model: z.string().nullable(),
  detail: z
    .enum([
      ...(["not_in_catalogue", "denied", "no_driver", "no_provider", "provider_state", "model_unavailable"] as const),
      ...COST_TIERS,
    ])
    .nullable(),
});

const pickSchema: z.ZodType<GovernedPick> = z.object({
  constraints: z
    .object({
      role: z.string(),
      allow: z.array(z.string()),
      maxPromptMicroUsdPerMillion: z.number().nullable(),
      minOutputTokensPerSecond: z.number().nullable(),
    })
    .nullable(),
  model: modelSchema.nullable(),
  attempt: z.int().nullable(),
  usedFallback: z.boolean(),
  capped: z
    .object({
      asked: z.object({ model: z.string(), costTier: costTierField }),
      effectiveModel: z.string().nullable(),
      costTier: costTierField,
      assumed: z.boolean(),
    })
    .nullable(),
  waitingApproval: z.boolean(),
  reasons: z.array(reasonSchema),
});

/** What stands beside the receipt of a decision that governance had a say in. */
const storedGovernedSchema: z.ZodType<GovernedRecord> = z.object({
  version: z.int(),
  ask: z.object({
    agent: z.string().nullable(),
    role: z.string().nullable(),
    tier: tierField,
    mode: z.enum(DISPATCH_MODES),
  }),
  resolution: resolutionSchema,
  pick: pickSchema,
});

/** The column of a receipt, as far as governance is concerned; a decision without it was asked for by nobody's role. */
export const governedColumnSchema: z.ZodType<{ readonly governed?: GovernedRecord }> = z.object({
  governed: storedGovernedSchema.exactOptional(),
});
