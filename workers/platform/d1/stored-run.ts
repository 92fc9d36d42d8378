import * as z from "zod";
import { EFFORTS } from "../../../shared/catalog/model.ts";
import { DRIVERS } from "../../../shared/policy/policy.ts";
import type { RoleBlockIds } from "../../../shared/prompt/compose-role.ts";
import { ESCALATION_REASONS } from "../../../shared/run/escalate.ts";
import { PLAN_NOTES, type Plan, RUN_KINDS } from "../../../shared/run/job.ts";
import { MERGE_STYLES } from "../../../shared/run/merge.ts";
import { type PlannedStep, READ_ROLES, type SkipReason, STEP_KINDS, type StepPick } from "../../../shared/run/step.ts";
import { TASK_TYPE_LABELS } from "../../../shared/task/labels.ts";
import type { PlanningFacts, RunModel, RunSettings, RunTexts, StepFinding } from "./run-row.ts";
import { storedGovernanceSchema, storedRequestSchema } from "./stored-decision.ts";

/** What the JSON columns of a run must hold; a field that its type gains and its schema lacks does not compile. */
const pickSchema: z.ZodType<StepPick> = z.object({
  model: z.string(),
  effort: z.enum(EFFORTS),
  vendor: z.string(),
  provider: z.string(),
  driverKind: z.enum(DRIVERS),
});

const plannedStepSchema: z.ZodType<PlannedStep> = z.object({
  stepId: z.string(),
  kind: z.enum(STEP_KINDS),
  dependsOn: z.array(z.string()),
  needs: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("all") }),
    z.object({ kind: z.literal("some"), atLeast: z.int() }),
    z.object({ kind: z.literal("escalation") }),
    z.object({ kind: z.literal("ended") }),
  ]),
  pick: pickSchema.nullable(),
  fallbacks: z.array(pickSchema),
  reads: z.array(z.object({ stepId: z.string(), as: z.enum(READ_ROLES), maxBytes: z.int() })),
  partId: z.string().nullable(),
  maxOutputTokens: z.int(),
  onFailure: z.enum(["skip", "escalate", "fail"]),
  escalation: z
    .object({
      valueMicroUsd: z.number(),
      nextCostMicroUsd: z.number(),
      prior: z.number(),
      gain: z.number(),
      loss: z.number(),
    })
    .nullable(),
  governed: z.enum(["list", "rule"]).exactOptional(),
});

export const storedPlanSchema: z.ZodType<Plan> = z.object({
  mode: z.enum(RUN_KINDS),
  steps: z.array(plannedStepSchema),
  result: z.object({ prefer: z.array(z.string()), otherwise: z.array(z.string()) }),
  maxParallel: z.int(),
  notes: z.array(z.enum(PLAN_NOTES)),
});

const planningSchema: z.ZodType<PlanningFacts> = z.object({
  request: storedRequestSchema,
  governance: storedGovernanceSchema.nullable(),
  mergeModel: z.string().nullable(),
});

export const storedSettingsSchema: z.ZodType<RunSettings> = z.object({
  mergeStyle: z.enum(MERGE_STYLES),
  verifierRates: z.object({ tpr: z.number(), tnr: z.number() }).nullable(),
  taskType: z.enum(TASK_TYPE_LABELS).nullable(),
  // Runs stored before it was kept had taken up the first, nearly always.
  firstAttempt: z.int().default(0),
  retentionMs: z.int(),
  storeText: z.boolean(),
  stepTimeoutMs: z.int(),
  runTimeoutMs: z.int(),
  gateReason: z.string().exactOptional(),
  planning: planningSchema.exactOptional(),
});

const modelSchema: z.ZodType<RunModel> = z.object({
  model: z.string(),
  effort: z.enum(EFFORTS),
  contextTokens: z.int(),
  maxOutputTokens: z.int().nullable(),
  prices: z.object({
    prices: z.object({
      promptMicroUsdPerMillion: z.int(),
      completionMicroUsdPerMillion: z.int(),
      cacheReadMicroUsdPerMillion: z.int().nullable(),
    }),
    fees: z.object({ fixedMicroUsd: z.int(), partsPerMillion: z.int() }),
  }),
});
export const storedModelsSchema: z.ZodType<readonly RunModel[]> = z.array(modelSchema);

const roleSchema: z.ZodType<RoleBlockIds> = z.object({
  persona: z.string().nullable().optional(),
  stack: z.array(z.string()).optional(),
  domain: z.string().nullable().optional(),
  format: z.string().nullable().optional(),
  guardrails: z.array(z.string()).nullable().optional(),
});

export const storedTextsSchema: z.ZodType<RunTexts> = z.object({
  task: z.string(),
  role: z.string(),
  parts: z.record(z.string(), z.string()),
  roles: z.record(z.string(), z.string()).exactOptional(),
  callback: z.object({ url: z.string() }).nullable(),
  planning: z
    .object({ task: z.string(), stack: z.array(z.string()), role: roleSchema.exactOptional() })
    .exactOptional(),
});

export const storedSkipSchema: z.ZodType<SkipReason> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("accepted"), stepId: z.string() }),
  z.object({ kind: z.literal("cut_off"), stepId: z.string() }),
  z.object({ kind: z.literal("too_few"), survivors: z.int() }),
  z.object({ kind: z.literal("dependency_failed"), stepId: z.string() }),
  z.object({ kind: z.literal("run_failed"), stepId: z.string() }),
]);

export const storedFindingSchema: z.ZodType<StepFinding> = z.object({
  kind: z.enum(["score", "outside", "unreadable"]),
  score: z.int().nullable(),
  accepted: z.boolean().nullable(),
  decision: z.object({
    escalate: z.boolean(),
    reason: z.enum(ESCALATION_REASONS),
    pRight: z.number().nullable(),
    threshold: z.number().nullable(),
    uncalibrated: z.boolean(),
  }),
});

export const storedEventDataSchema: z.ZodType<Readonly<Record<string, string | number | boolean | null>>> = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.null()]),
);
