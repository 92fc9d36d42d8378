import * as z from "zod";
import type { RouteRequest } from "../policy/decision.ts";
import {
  bandField,
  driverField,
  modeField,
  modelPatternField,
  needField,
  presetField,
  providerField,
  queryNumber,
  taskField,
  taskIdField,
  toMicroUsd,
  usdField,
} from "./fields.ts";

export const constraintsSchema = z.strictObject({
  allow: z.array(modelPatternField).max(50).optional(),
  exclude: z.array(modelPatternField).max(50).optional(),
  min_context: z.int().min(1).max(100_000_000).optional(),
  driver: driverField.optional(),
  provider: providerField.optional(),
});

/** What the task is about, beside its text. */
export const contextSchema = z.strictObject({
  files: z.array(z.string()).max(500).optional(),
  stack: z.array(z.string()).max(100).optional(),
  needs: z.array(needField).max(10).optional(),
});

/** POST /api/route. `budget` is the band (a ceiling on list price); `value_usd` the worth of this very task. */
export const routeRequestSchema = z.strictObject({
  task: taskField,
  task_id: taskIdField.optional(),
  reroute: z.boolean().optional(),
  budget: bandField.optional(),
  value_usd: usdField.optional(),
  preset: presetField.optional(),
  mode: modeField.optional(),
  verifier: z.literal("external").optional(),
  context: contextSchema.optional(),
  constraints: constraintsSchema.optional(),
});
export type RouteRequestBody = z.output<typeof routeRequestSchema>;

/** GET /api/route?task=…: the same request from a query string; lists are left to POST, and so is moving a lock. */
export const routeQuerySchema = z.strictObject({
  task: taskField,
  task_id: taskIdField.optional(),
  budget: bandField.optional(),
  value_usd: queryNumber.pipe(usdField).optional(),
  preset: presetField.optional(),
  mode: modeField.optional(),
  verifier: z.literal("external").optional(),
});

/** The part of the body that the decision rule reads. */
export function toRouteRequest(body: RouteRequestBody): RouteRequest {
  const constraints = body.constraints ?? {};
  return {
    band: body.budget ?? null,
    valueMicroUsd: body.value_usd === undefined ? null : toMicroUsd(body.value_usd),
    preset: body.preset ?? null,
    mode: body.mode ?? null,
    verifier: body.verifier ?? null,
    needs: body.context?.needs ?? [],
    constraints: {
      allow: constraints.allow ?? [],
      exclude: constraints.exclude ?? [],
      minContextTokens: constraints.min_context ?? null,
      driver: constraints.driver ?? null,
      provider: constraints.provider ?? null,
    },
  };
}
