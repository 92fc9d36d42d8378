import * as z from "zod";
import {
  BANDS,
  DRIVERS,
  POLICY_LIMITS,
  type Policy,
  PRESETS,
  RETENTION_DAYS,
  type RunPolicy,
} from "../policy/policy.ts";
import { TASK_TYPE_LABELS } from "../task/labels.ts";
import { modelPatternField, providerField, queryNumber, toMicroUsd, toUsd, usdField } from "./fields.ts";

const {
  patternsMax,
  providersMax,
  valueMaxMicroUsd,
  usdPerMinuteMax,
  decisionTtlMaxS,
  driverBonusMax,
  retentionDaysMax,
} = POLICY_LIMITS;

const taskTypeField = z.enum(TASK_TYPE_LABELS);
const patternsField = z.array(modelPatternField).max(patternsMax);
const driversField = z.array(z.enum(DRIVERS)).min(1).max(DRIVERS.length);
const providersField = z.array(providerField).min(1).max(providersMax);
const shareField = z.number().min(0).max(1);
const bonusField = z.number().min(0).max(driverBonusMax);
const driverPreferenceField = z.partialRecord(taskTypeField, z.partialRecord(z.enum(DRIVERS), bonusField));
const usdPerMinuteField = z.number().min(0).max(usdPerMinuteMax);
const capField = z.int().min(0).max(valueMaxMicroUsd).nullable();
const retentionField = z.int().min(0).max(retentionDaysMax);
const ttlField = z.int().min(0).max(decisionTtlMaxS);

/** A policy as it is stored and as the shipped default is written: the domain value, every field filled. */
export const policySchema: z.ZodType<Policy> = z.strictObject({
  preset: z.enum(PRESETS),
  valueMicroUsd: z.int().min(0).max(valueMaxMicroUsd).nullable(),
  band: z.enum(BANDS),
  allow: patternsField,
  deny: patternsField,
  drivers: driversField,
  providers: providersField,
  floor: z.strictObject({ enabled: z.boolean(), hardMargin: shareField, highRiskMargin: shareField }),
  gate: z.strictObject({ highRiskProbability: shareField }),
  driverPreference: driverPreferenceField,
  usdPerMinute: z.strictObject({
    default: usdPerMinuteField,
    byTaskType: z.partialRecord(taskTypeField, usdPerMinuteField),
  }),
  storePromptText: z.boolean(),
  shareOutcomes: z.boolean().exactOptional(),
  runs: z
    .strictObject({
      capMicroUsd: capField,
      keyCapMicroUsd: capField,
      dayCapMicroUsd: capField,
      retentionDays: retentionField,
    })
    .exactOptional(),
  decisionTtlS: ttlField,
});

/** What runs may spend: of one run where it does not say, of a key in all, of the tenant in a day (UTC); null = the shipped cap, none, none. */
const runPolicySchema = z.strictObject({
  max_usd: usdField.nullable(),
  key_max_usd: usdField.nullable(),
  day_max_usd: usdField.nullable(),
  retention_days: retentionField,
});
type RunPolicyBody = z.output<typeof runPolicySchema>;
const NO_RUN_POLICY: RunPolicyBody = {
  max_usd: null,
  key_max_usd: null,
  day_max_usd: null,
  retention_days: RETENTION_DAYS,
};

const toCap = (usd: number | null): number | null => (usd === null ? null : toMicroUsd(usd));
const toCapUsd = (microUsd: number | null): number | null => (microUsd === null ? null : toUsd(microUsd));

const toRunPolicy = (body: RunPolicyBody): RunPolicy => ({
  capMicroUsd: toCap(body.max_usd),
  keyCapMicroUsd: toCap(body.key_max_usd),
  dayCapMicroUsd: toCap(body.day_max_usd),
  retentionDays: body.retention_days,
});

const toRunPolicyBody = (policy: RunPolicy): RunPolicyBody => ({
  max_usd: toCapUsd(policy.capMicroUsd),
  key_max_usd: toCapUsd(policy.keyCapMicroUsd),
  day_max_usd: toCapUsd(policy.dayCapMicroUsd),
  retention_days: policy.retentionDays,
});

const isPlain = (body: RunPolicyBody): boolean =>
  body.max_usd === null &&
  body.key_max_usd === null &&
  body.day_max_usd === null &&
  body.retention_days === RETENTION_DAYS;

/** A tenant's policy as GET and PUT /api/policy show it. PUT takes the whole document. */
export const policyDocumentSchema = z
  .strictObject({
    preset: z.enum(PRESETS),
    value_usd: usdField.nullable(),
    budget: z.enum(BANDS),
    allow: patternsField,
    deny: patternsField,
    drivers: driversField,
    providers: providersField,
    floor: z.strictObject({ enabled: z.boolean(), hard_margin: shareField, high_risk_margin: shareField }),
    gate: z.strictObject({ high_risk_probability: shareField }),
    driver_preference: driverPreferenceField,
    usd_per_minute: z.strictObject({
      default: usdPerMinuteField,
      by_task_type: z.partialRecord(taskTypeField, usdPerMinuteField),
    }),
    store_prompt_text: z.boolean(),
    share_outcomes: z.boolean().default(false),
    runs: runPolicySchema.default(NO_RUN_POLICY),
    decision_ttl_s: ttlField,
  })
  .meta({ id: "Policy" });
export type PolicyDocument = z.output<typeof policyDocumentSchema>;

export const toPolicy = (body: PolicyDocument): Policy => ({
  preset: body.preset,
  valueMicroUsd: body.value_usd === null ? null : toMicroUsd(body.value_usd),
  band: body.budget,
  allow: body.allow,
  deny: body.deny,
  drivers: body.drivers,
  providers: body.providers,
  floor: {
    enabled: body.floor.enabled,
    hardMargin: body.floor.hard_margin,
    highRiskMargin: body.floor.high_risk_margin,
  },
  gate: { highRiskProbability: body.gate.high_risk_probability },
  driverPreference: body.driver_preference,
  usdPerMinute: { default: body.usd_per_minute.default, byTaskType: body.usd_per_minute.by_task_type },
  storePromptText: body.store_prompt_text,
  ...(body.share_outcomes ? { shareOutcomes: true } : {}),
  ...(isPlain(body.runs) ? {} : { runs: toRunPolicy(body.runs) }),
  decisionTtlS: body.decision_ttl_s,
});

export const toPolicyDocument = (policy: Policy): PolicyDocument => ({
  preset: policy.preset,
  value_usd: policy.valueMicroUsd === null ? null : toUsd(policy.valueMicroUsd),
  budget: policy.band,
  allow: [...policy.allow],
  deny: [...policy.deny],
  drivers: [...policy.drivers],
  providers: [...policy.providers],
  floor: {
    enabled: policy.floor.enabled,
    hard_margin: policy.floor.hardMargin,
    high_risk_margin: policy.floor.highRiskMargin,
  },
  gate: { high_risk_probability: policy.gate.highRiskProbability },
  driver_preference: policy.driverPreference,
  usd_per_minute: { default: policy.usdPerMinute.default, by_task_type: policy.usdPerMinute.byTaskType },
  store_prompt_text: policy.storePromptText,
  share_outcomes: policy.shareOutcomes ?? false,
  runs: policy.runs === undefined ? NO_RUN_POLICY : toRunPolicyBody(policy.runs),
  decision_ttl_s: policy.decisionTtlS,
});

/** PUT /api/policy?dry_run=1 shows what would change; `expected_version` refuses to overwrite somebody else's save. */
export const policyQuerySchema = z.strictObject({
  dry_run: z.stringbool().optional(),
  expected_version: queryNumber.pipe(z.int().min(0)).optional(),
});
