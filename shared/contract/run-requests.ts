import * as z from "zod";
import { MERGE_STYLES } from "../run/merge.ts";
import { RUN_LIMITS } from "../run/run-limits.ts";
import { verdictRequestSchema } from "./decisions.ts";
import {
  bandField,
  modeField,
  modelIdField,
  presetField,
  queryNumber,
  taskField,
  taskIdField,
  usdField,
} from "./fields.ts";
import { governanceAskSchema } from "./governance-ask.ts";
import { roleFields } from "./roles.ts";
import { constraintsSchema, contextSchema } from "./route.ts";
import { RUN_STATE_NAMES } from "./run-answers.ts";

/** A cap above this is a slip of the pen: no run of twenty parts on the dearest model of today comes near it. */
const CAP_MOST_USD = 1_000;

/** What one run may cost at most. */
export const capField = usdField.refine((usd) => usd > 0 && usd <= CAP_MOST_USD, {
  error: `expected an amount above 0, at most ${CAP_MOST_USD}`,
});

const { least, most } = RUN_LIMITS.collective;

/** An address that is told of the run's end; only https, and only hosts on the deployment's list. */
const callbackField = z.string().max(2_000);

/** Who makes the parts of modes plan and swarm: the task's own structure before the run is accepted, or a model in a paid first step. */
export const PLANNERS = ["splitter", "llm"] as const;

/** POST /api/runs. What is not said is the tenant's policy, or the shipped default. */
export const createRunSchema = z
  .strictObject({
    task: taskField,
    task_id: taskIdField.optional(),
    mode: modeField.optional(),
    budget: bandField.optional(),
    max_usd: capField.optional(),
    value_usd: usdField.optional(),
    preset: presetField.optional(),
    count: z.int().min(least).max(most).optional(),
    planner: z.enum(PLANNERS).optional(),
    role: z.strictObject(roleFields).optional(),
    merge: z.strictObject({ style: z.enum(MERGE_STYLES).optional(), model: modelIdField.optional() }).optional(),
    context: contextSchema.optional(),
    constraints: constraintsSchema.optional(),
    /** Whose models do it; judge and merge follow the routing file's `executor_roles`. */
    governance: governanceAskSchema.optional(),
    verifier: z.enum(["judge", "external"]).optional(),
    hand_on: z.strictObject({ answer: z.boolean().optional(), reasons: z.boolean().optional() }).optional(),
    callback_url: callbackField.optional(),
  })
  .refine(({ count, mode }) => count === undefined || mode === "collective", {
    error: "expected mode collective beside it",
    path: ["count"],
  })
  .refine(({ planner, mode }) => planner !== "llm" || mode === "plan" || mode === "swarm", {
    error: "expected mode plan or swarm beside it",
    path: ["planner"],
  })
  .refine(({ verifier, mode }) => verifier === undefined || mode === undefined || mode === "cascade", {
    error: "expected mode cascade beside it, or no mode",
    path: ["verifier"],
  });
export type CreateRunBody = z.output<typeof createRunSchema>;

/** `?dry_run=1`: nothing is started; the plan and what it would cost are answered. */
export const createRunQuerySchema = z.strictObject({ dry_run: z.stringbool().optional() });

/**
 * The Idempotency-Key header: 1 to 255 visible ASCII characters, as a quoted string (the IETF draft's form) or bare.
 */
export const idempotencyKeyField = z
  .string()
  .max(257)
  .regex(/^(?:"[\x20\x21\x23-\x5b\x5d-\x7e]{1,255}"|[\x21\x23-\x7e][\x21-\x7e]{0,254})$/, {
    error: "expected 1 to 255 visible ASCII characters",
  })
  .transform((text) => (text.startsWith('"') ? text.slice(1, -1) : text));

const cursorField = z.string().max(200);
const limitField = (mostOf: number) => queryNumber.pipe(z.int().min(1).max(mostOf));

/** GET /api/runs: newest first. */
export const listRunsQuerySchema = z.strictObject({
  cursor: cursorField.optional(),
  limit: limitField(100).optional(),
  status: z.enum(RUN_STATE_NAMES).optional(),
});

/** GET /api/runs/:id/events: those after `after`, oldest first. */
export const runEventsQuerySchema = z.strictObject({
  after: queryNumber.pipe(z.int().min(0)).optional(),
  limit: limitField(500).optional(),
});

/** GET /api/runs/:id/result; `raw=1` adds what each step answered. */
export const runResultQuerySchema = z.strictObject({ raw: z.stringbool().optional() });

export const approveRunSchema = z.strictObject({ note: z.string().max(2_000).optional() });

/** POST /api/runs/:id/verdict. The evidence goes to the next model, and is kept encrypted as long as the run's results. */
export const runVerdictSchema = z.strictObject({
  ...verdictRequestSchema.pick({ accepted: true, evidence: true, source: true, repository: true }).shape,
  /** Which step waits for it; may be left out where one does. */
  step_id: z.string().min(1).max(100).optional(),
});

/**
 * POST /api/runs/:id/resume: the run's cap from now on; left out where a key's or a day's cap had stopped it. A policy
 * may have given it one above what a request may ask for, and whoever raises a cap has seen what it was spent on.
 */
export const resumeRunSchema = z.strictObject({
  max_usd: usdField.refine((usd) => usd > 0, { error: "expected an amount above 0" }).optional(),
});
