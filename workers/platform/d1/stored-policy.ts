import * as z from "zod";
import { BANDS, DRIVERS, type Policy, PRESETS } from "../../../shared/policy/policy.ts";
import { TASK_TYPE_LABELS } from "../../../shared/task/labels.ts";

/** A policy as it is stored: the domain value itself. Ranges were checked at the door, shapes are checked here again. */
export const storedPolicySchema: z.ZodType<Policy> = z.object({
  preset: z.enum(PRESETS),
  valueMicroUsd: z.int().nullable(),
  band: z.enum(BANDS),
  allow: z.array(z.string()),
  deny: z.array(z.string()),
  drivers: z.array(z.enum(DRIVERS)),
  providers: z.array(z.string()),
  floor: z.object({ enabled: z.boolean(), hardMargin: z.number(), highRiskMargin: z.number() }),
  gate: z.object({ highRiskProbability: z.number() }),
  driverPreference: z.partialRecord(z.enum(TASK_TYPE_LABELS), z.partialRecord(z.enum(DRIVERS), z.number())),
  usdPerMinute: z.object({
    default: z.number(),
    byTaskType: z.partialRecord(z.enum(TASK_TYPE_LABELS), z.number()),
  }),
  storePromptText: z.boolean(),
  decisionTtlS: z.number(),
});
