import * as z from "zod";
import { FILTER_NAMES } from "../../../shared/base/fault.ts";
import { DOMAINS, EFFORTS, PRICE_TIERS } from "../../../shared/catalog/model.ts";
import { classificationSchema } from "../../../shared/contract/classify.ts";
import {
  type Attempt,
  type DecisionCore,
  ESCALATION_ENDS,
  type Expected,
  type Pick,
} from "../../../shared/policy/decision.ts";
import { BANDS, DRIVERS, NEEDS, PRESETS, RUN_MODES } from "../../../shared/policy/policy.ts";
import { RECEIPT_VERSION, type Receipt } from "../../../shared/policy/receipt.ts";
import type { Classification } from "../../../shared/task/classification.ts";
import { storedPolicySchema } from "./stored-policy.ts";

/**
 * What the JSON columns of a decision must hold. The annotations tie each schema to its domain type: a field that
 * type gains and its schema lacks does not compile.
 */
export const storedClassificationSchema: z.ZodType<Classification> = classificationSchema.extend({
  // Rows of models that told neither were stored without them.
  high_risk_probability: z.number().nullable().default(null),
  category: classificationSchema.shape.category.default(null),
});

const expectedSchema: z.ZodType<Expected> = z.object({
  success: z.number(),
  costMicroUsd: z.number(),
  minutes: z.number(),
  utilityUsd: z.number(),
});

const pickShape = {
  model: z.string(),
  effort: z.enum(EFFORTS),
  vendor: z.string(),
  provider: z.string(),
  driverKind: z.enum(DRIVERS),
  priceTier: z.enum(PRICE_TIERS),
  expected: expectedSchema,
  flags: z.array(z.string()),
};
const pickSchema: z.ZodType<Pick> = z.object(pickShape);
const attemptSchema: z.ZodType<Attempt> = z.object({
  ...pickShape,
  expectedInTurn: expectedSchema,
  // Decisions made before each attempt had its own read as having none.
  fallbacks: z.array(pickSchema).default([]),
});

export const storedCoreSchema: z.ZodType<DecisionCore> = z.object({
  pick: pickSchema,
  expected: expectedSchema,
  mode: z.enum(RUN_MODES),
  modeComparison: z.object({
    chosen: z.enum(RUN_MODES),
    reason: z.string(),
    singleUtilityUsd: z.number(),
    cascadeUtilityUsd: z.number().nullable(),
  }),
  chain: z.array(attemptSchema),
  escalation: z.array(attemptSchema),
  escalationEnd: z.enum(ESCALATION_ENDS).default("limit"),
  // Decisions made before there was such a budget have none.
  maxMicroUsd: z.number().nullable().default(null),
  alternatives: z.array(pickSchema),
  gate: z.object({ requiresApproval: z.boolean(), reason: z.string() }),
  rationale: z.string(),
  domain: z.enum(DOMAINS),
  value: z.object({ microUsd: z.number(), from: z.enum(["request", "preset", "policy"]), weighted: z.boolean() }),
  floor: z.object({ applied: z.boolean(), margin: z.number().nullable(), bestSuccess: z.number() }),
  candidates: z.object({ considered: z.int(), removed: z.partialRecord(z.enum(FILTER_NAMES), z.number()) }),
});

export const storedRequestSchema: z.ZodType<Receipt["request"]> = z.object({
  band: z.enum(BANDS).nullable(),
  valueMicroUsd: z.number().nullable(),
  maxMicroUsd: z.number().nullable().default(null),
  preset: z.enum(PRESETS).nullable(),
  mode: z.enum(RUN_MODES).nullable(),
  verifier: z.literal("external").nullable(),
  needs: z.array(z.enum(NEEDS)),
  constraints: z.object({
    allow: z.array(z.string()),
    exclude: z.array(z.string()),
    minContextTokens: z.number().nullable(),
    driver: z.enum(DRIVERS).nullable(),
    provider: z.string().nullable(),
  }),
});

const outcomeSumSchema: z.ZodType<Receipt["outcomes"][number]> = z.object({
  modelId: z.string(),
  residual: z.number(),
  weight: z.number(),
  count: z.int(),
});

const providerStateSchema: z.ZodType<Receipt["providerState"]> = z.object({
  excluded: z.array(z.object({ provider: z.string(), reason: z.string() })),
  penalties: z.array(z.object({ provider: z.string(), microUsd: z.number(), reason: z.string() })),
});

export const storedGovernanceSchema: z.ZodType<NonNullable<Receipt["governance"]>> = z.object({
  role: z.string(),
  allow: z.array(z.string()),
  maxPromptMicroUsdPerMillion: z.number().nullable(),
  minOutputTokensPerSecond: z.number().nullable(),
});

/** The classification has a column of its own, so the receipt's holds all but that. */
export const storedReceiptSchema: z.ZodType<Omit<Receipt, "classification">> = z.object({
  version: z.literal(RECEIPT_VERSION),
  parametersDigest: z.string(),
  policyDigest: z.string(),
  inputDigest: z.string(),
  promptStored: z.boolean(),
  request: storedRequestSchema,
  policyVersion: z.string(),
  policy: storedPolicySchema.nullable(),
  catalogVersion: z.string(),
  modelSha256: z.string(),
  outcomes: z.array(outcomeSumSchema),
  providerState: providerStateSchema,
  governance: storedGovernanceSchema.nullable(),
  verifier: z
    .object({
      kind: z.enum(["judge", "external"]),
      j: z.number(),
      jLower: z.number(),
      microUsdPerVerdict: z.number(),
    })
    .nullable(),
  // Decisions made before it was kept have none.
  repository: z.string().nullable().default(null),
});
