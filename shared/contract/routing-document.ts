import * as z from "zod";
import {
  COMPLEXITY_TIERS,
  COST_TIERS,
  EFFORT_HINTS,
  EXECUTOR_WORK,
  LATENCY_TIERS,
} from "../policy/governance/routing-file.ts";

const entryShape = {
  primary: z.string(),
  fallbacks: z.array(z.string()),
  cost_tier: z.enum(COST_TIERS),
  latency_tier: z.enum(LATENCY_TIERS),
};
const tierEntrySchema = z.union([z.strictObject(entryShape), z.strictObject({ inherit_from: z.string() })]);

/**
 * A routing file as it is written. It describes; what is accepted is what the validation of routing files accepts, which
 * names every place that is wrong.
 */
export const routingFileSchema = z
  .strictObject({
    version: z.string(),
    description: z.string().optional(),
    trace_id: z.string().optional(),
    pinned_agents: z.array(z.string()),
    roles: z.record(
      z.string(),
      z.strictObject({
        ...entryShape,
        consumers: z.array(z.string()),
        reasoning_effort_hint: z.enum(EFFORT_HINTS),
        by_tier: z.record(z.enum(COMPLEXITY_TIERS), tierEntrySchema),
      }),
    ),
    agent_role_index: z.record(z.string(), z.string()),
    orchestrator: z.string().optional(),
    review_agents: z.array(z.string()).optional(),
    executor_roles: z.partialRecord(z.enum(EXECUTOR_WORK), z.string()).optional(),
  })
  .meta({ id: "RoutingFile" });
