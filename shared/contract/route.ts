import * as z from "zod";
import type { RouteRequest } from "../policy/decision.ts";
import { COMPLEXITY_TIERS, DISPATCH_MODES } from "../policy/governance/routing-file.ts";
import {
  bandField,
  driverField,
  modeField,
  modelPatternField,
  needField,
  presetField,
  providerField,
  queryNumber,
  repositoryField,
  taskField,
  taskIdField,
  toMicroUsd,
  usdField,
} from "./fields.ts";
import { governanceAskSchema, governanceNameField } from "./governance-ask.ts";

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
  /** Where the work is: what its verifier was measured at there decides whether a cascade pays. */
  repository: repositoryField.optional(),
});

/** What all attempts together may be expected to cost. */
const maxUsdField = usdField.refine((usd) => usd > 0, { error: "expected an amount above 0" });

/**
 * POST /api/route. `budget` is the band (a ceiling on list price); `value_usd` the worth of this very task; `max_usd` what
 * the attempt and all that may follow a rejection are expected to cost together, at most.
 */
export const routeRequestSchema = z.strictObject({
  task: taskField,
  task_id: taskIdField.optional(),
  reroute: z.boolean().optional(),
  budget: bandField.optional(),
  value_usd: usdField.optional(),
  max_usd: maxUsdField.optional(),
  preset: presetField.optional(),
  mode: modeField.optional(),
  verifier: z.literal("external").optional(),
  context: contextSchema.optional(),
  constraints: constraintsSchema.optional(),
  governance: governanceAskSchema.optional(),
});
export type RouteRequestBody = z.output<typeof routeRequestSchema>;

/**
 * GET /api/route?task=…: the same request from a query string; lists are left to POST, and so is moving a lock. The members
 * of `governance` stand one by one.
 */
export const routeQuerySchema = z
  .strictObject({
    task: taskField,
    task_id: taskIdField.optional(),
    budget: bandField.optional(),
    value_usd: queryNumber.pipe(usdField).optional(),
    max_usd: queryNumber.pipe(maxUsdField).optional(),
    preset: presetField.optional(),
    mode: modeField.optional(),
    verifier: z.literal("external").optional(),
    governance_agent: governanceNameField.optional(),
    governance_role: governanceNameField.optional(),
    governance_tier: z.enum(COMPLEXITY_TIERS).optional(),
    governance_mode: z.enum(DISPATCH_MODES).optional(),
  })
  .refine(
    (query) =>
      query.governance_agent !== undefined ||
      query.governance_role !== undefined ||
      (query.governance_tier === undefined && query.governance_mode === undefined),
    { error: "expected governance_agent or governance_role", path: ["governance_role"] },
  );

/** The query as the body of POST /api/route. */
export function toRouteBody({
  governance_agent: agent,
  governance_role: role,
  governance_tier: tier,
  governance_mode: mode,
  ...body
}: z.output<typeof routeQuerySchema>): RouteRequestBody {
  const isPlain = agent === undefined && role === undefined;
  return isPlain ? body : { ...body, governance: { agent, role, tier, mode } };
}

/** The part of the body that the decision rule reads. */
export function toRouteRequest(body: RouteRequestBody): RouteRequest {
  const constraints = body.constraints ?? {};
  return {
    band: body.budget ?? null,
    valueMicroUsd: body.value_usd === undefined ? null : toMicroUsd(body.value_usd),
    maxMicroUsd: body.max_usd === undefined ? null : toMicroUsd(body.max_usd),
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
