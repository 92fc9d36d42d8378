import * as z from "zod";
import { CATEGORY_LABELS, COMPLEXITY_LABELS, HEADS, RISK_LABELS, TASK_TYPE_LABELS } from "../task/labels.ts";
import { taskField } from "./fields.ts";

/** How many tasks one classify call may hold. */
export const MAX_TASKS = 64;

/** What the classifier may read beside the task: names only, capped when the text is put together. */
export const taskContextSchema = z.strictObject({
  files: z.array(z.string()).max(500).optional(),
  stack: z.array(z.string()).max(100).optional(),
});

/** POST /api/classify: `task` or `tasks`, not both. */
export const classifyRequestSchema = z
  .strictObject({
    task: taskField.optional(),
    tasks: z.array(taskField).min(1).max(MAX_TASKS).optional(),
    context: taskContextSchema.optional(),
  })
  .refine((body) => (body.task === undefined) !== (body.tasks === undefined), {
    error: "expected either task (a text) or tasks (1 to 64 texts)",
    path: ["task"],
  });

const probability = z.number().min(0).max(1);

const head = <L extends readonly [string, ...string[]]>(labels: L) =>
  z.object({
    label: z.enum(labels),
    confidence: probability,
    probabilities: z.record(z.enum(labels), probability),
  });

/** The answer for one task; `confidence` is the calibrated probability of `label`. */
export const classificationSchema = z
  .object({
    complexity: head(COMPLEXITY_LABELS),
    task_type: head(TASK_TYPE_LABELS),
    risk: head(RISK_LABELS),
    complexity_sub: z.object({
      reasoning_depth: probability,
      scope_breadth: probability,
      domain_knowledge: probability,
      spec_completeness: probability,
    }),
    risk_sub: z.object({
      security_surface: probability,
      data_sensitivity: probability,
      production_exposure: probability,
      reversal_cost: probability,
    }),
    overall_confidence: probability,
    abstained: z.boolean(),
    abstained_heads: z.array(z.enum(HEADS)),
    out_of_scope: z.boolean().nullable(),
    high_risk_probability: probability.nullable(),
    category: head(CATEGORY_LABELS).nullable(),
    engine: z.enum(["onnx", "fallback"]),
    model: z.object({ name: z.string(), version: z.string(), sha256: z.string() }),
    tokens: z.int(),
    truncated: z.boolean(),
  })
  .meta({ id: "Classification" });
