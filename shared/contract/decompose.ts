import * as z from "zod";
import { BANDS } from "../policy/policy.ts";
import { PARALLEL_MAX } from "../run/plan/dag.ts";
import { CATEGORY_LABELS } from "../task/labels.ts";
import { contextTagsField, listField } from "./context-tags.ts";
import { bandField, taskField } from "./fields.ts";

/** Tags as a text or a list; read as tags by `toTags`, and answered as the text that came. */
const contextField = listField.refine((list) => contextTagsField.safeParse(list).success, {
  error: "expected at most 100 context tags of at most 40 visible characters, separated by commas",
});
const asked = { task: taskField, budget: bandField.optional(), context: contextField.nullable().optional() };

/** POST /api/decompose */
export const decomposeRequestSchema = z.strictObject(asked);
export type DecomposeRequest = z.output<typeof decomposeRequestSchema>;

/** POST /api/swarm */
export const swarmRequestSchema = z.strictObject({
  ...asked,
  maxParallel: z.int().min(1).max(PARALLEL_MAX).optional(),
});
export type SwarmRequest = z.output<typeof swarmRequestSchema>;

/** The model of one part: smart-spawn's fields. Prices are USD per 1M tokens, the score is that of the part's category. */
const partModelSchema = z.object({
  id: z.string(),
  name: z.string(),
  provider: z.string(),
  score: z.number(),
  pricing: z.object({ prompt: z.number(), completion: z.number() }),
});
export type PartModelBody = z.output<typeof partModelSchema>;

const decided = {
  category: z.enum(CATEGORY_LABELS),
  budget: z.enum(BANDS),
  /** null where no model passed the filters for this part; `reason` says which filter emptied the list. */
  model: partModelSchema.nullable(),
  reason: z.string(),
};

const notDecomposedSchema = z.object({ decomposed: z.literal(false), reason: z.string() });

const askedBack = { originalTask: z.string(), context: z.string().nullable() };

export const decomposedSchema = z
  .union([
    z.object({
      decomposed: z.literal(true),
      totalSteps: z.int(),
      /** In an order in which each step comes after what it needs. */
      steps: z.array(z.object({ step: z.int(), task: z.string(), ...decided })),
      ...askedBack,
    }),
    notDecomposedSchema,
  ])
  .meta({ id: "Decomposed" });
export type DecomposedBody = z.output<typeof decomposedSchema>;

export const EDGE_TYPES = ["phase", "artifact", "temporal"] as const;

const dagSchema = z.object({
  tasks: z.array(
    z.object({
      id: z.string(),
      description: z.string(),
      ...decided,
      persona: z.string(),
      dependsOn: z.array(z.string()),
      wave: z.int(),
    }),
  ),
  waves: z.array(z.object({ wave: z.int(), taskIds: z.array(z.string()), description: z.string() })),
  edges: z.array(z.object({ from: z.string(), to: z.string(), type: z.enum(EDGE_TYPES) })),
  totalTasks: z.int(),
  totalWaves: z.int(),
  ...askedBack,
  /** USD: every part at the cost of an easy one, and of a hard one, on the model that was picked for it. */
  estimatedCost: z.object({ low: z.number(), high: z.number() }),
  warning: z.string().optional(),
});
export type SwarmDagBody = z.output<typeof dagSchema>;

export const swarmSchema = z
  .union([z.object({ decomposed: z.literal(true), dag: dagSchema }), notDecomposedSchema])
  .meta({ id: "Swarm" });
export type SwarmBody = z.output<typeof swarmSchema>;
