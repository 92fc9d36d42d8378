import * as z from "zod";
import { EFFORTS } from "../catalog/model.ts";
import { RUN_MODES } from "../policy/policy.ts";
import { PLAN_NOTES, RUN_STATES } from "../run/job.ts";
import { STEP_KINDS, STEP_STATES } from "../run/step.ts";

export const RUN_STATE_NAMES = RUN_STATES;

const stepPickSchema = z.object({ model: z.string(), effort: z.enum(EFFORTS), provider: z.string() });

/** A step as it was planned. */
const plannedStepSchema = z.object({
  id: z.string(),
  kind: z.enum(STEP_KINDS),
  depends_on: z.array(z.string()),
  /** Steps of one wave could run at once. */
  wave: z.int(),
  /** null for steps that call no model. */
  model: stepPickSchema.nullable(),
  fallbacks: z.array(stepPickSchema),
});

/** What a run costs at most and about; USD. */
const estimateSchema = z.object({
  /** With answers of a usual length, an assumption until runs have been measured; steps that may not run count by their chance. */
  expected_usd: z.number(),
  /** Every step once, inputs and outputs at their limits. */
  worst_usd: z.number(),
  /** The same by the dearest stand-ins. */
  worst_with_fallbacks_usd: z.number(),
  /** Steps without a known price: in none of the sums. */
  unpriced: z.array(z.string()),
  /** False where a plan step is to make the rest: the sums are of what is planned so far, and the cap bounds all of it. */
  complete: z.boolean(),
});

const gateSchema = z.object({
  requires_approval: z.boolean(),
  reason: z.string(),
  approval_id: z.string().nullable(),
});

const planned = {
  mode: z.enum(RUN_MODES),
  decision_id: z.string(),
  cap_usd: z.number(),
  gate: gateSchema,
  plan: z.object({ steps: z.array(plannedStepSchema), max_parallel: z.int(), notes: z.array(z.enum(PLAN_NOTES)) }),
  estimate: estimateSchema,
  /** Ids of role blocks that do not exist, and what else is not as it was asked. */
  warnings: z.array(z.string()),
};

/** POST /api/runs?dry_run=1 */
export const runPreviewSchema = z
  .object({
    dry_run: z.literal(true),
    /** Whether the worst of every step is within the cap; false where steps are still to be planned. */
    fits_cap: z.boolean(),
    ...planned,
  })
  .meta({ id: "RunPreview" });
export type RunPreviewBody = z.output<typeof runPreviewSchema>;

/** POST /api/runs */
export const runCreatedSchema = z
  .object({ id: z.string(), status: z.enum(RUN_STATES), created_at: z.string(), ...planned })
  .meta({ id: "RunCreated" });
export type RunCreatedBody = z.output<typeof runCreatedSchema>;

const costSchema = z.object({
  cap_usd: z.number(),
  spent_usd: z.number(),
  reserved_usd: z.number(),
  /** Billed beyond reservations; it freezes the cap. spent + overrun is the sum of all calls. */
  overrun_usd: z.number(),
  frozen: z.boolean(),
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  /** Of a cascade that stopped early: what the models after it were expected to take. */
  saved_usd: z.number().nullable(),
});

/** What a check said of the answer before it. */
const findingSchema = z.object({
  kind: z.enum(["score", "outside", "unreadable"]),
  score: z.number().nullable(),
  accepted: z.boolean().nullable(),
  escalate: z.boolean(),
  reason: z.string(),
  /** Chance that the judged answer is right, as it was weighed; and whether no logged pairs stand behind it yet. */
  p_right: z.number().nullable(),
  uncalibrated: z.boolean(),
});

const stepSchema = z.object({
  id: z.string(),
  kind: z.enum(STEP_KINDS),
  state: z.enum(STEP_STATES),
  depends_on: z.array(z.string()),
  model: stepPickSchema.nullable(),
  attempts: z.int(),
  /** Why it never ran; null otherwise. */
  skipped: z.string().nullable(),
  finding: findingSchema.nullable(),
  /** Class of the last failure; null where none is known. */
  error: z.string().nullable(),
  /** Provider calls made for it, retries and stand-ins among them. */
  calls: z.int(),
  cost_usd: z.number(),
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  /** Bytes of its answer; null without one. */
  output_bytes: z.int().nullable(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
});

const runHead = {
  id: z.string(),
  status: z.enum(RUN_STATES),
  mode: z.enum(RUN_MODES),
  decision_id: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
};

/** One row of GET /api/runs */
export const runSummarySchema = z
  .object({
    ...runHead,
    task_id: z.string().nullable(),
    cap_usd: z.number(),
    spent_usd: z.number(),
    finished_at: z.string().nullable(),
  })
  .meta({ id: "RunSummary" });
export type RunSummaryBody = z.output<typeof runSummarySchema>;

export const runSchema = z
  .object({
    ...runHead,
    task_id: z.string().nullable(),
    /** `reason` is null where nobody has to look; why that is so stands with the decision. */
    gate: gateSchema.extend({ reason: z.string().nullable() }),
    progress: z.object({
      total: z.int(),
      done: z.int(),
      running: z.int(),
      failed: z.int(),
      skipped: z.int(),
      /** Steps that ended, of all; 100 once the run has. */
      percent: z.int(),
    }),
    steps: z.array(stepSchema),
    cost: costSchema,
    notes: z.array(z.enum(PLAN_NOTES)),
    /** null while it waits for somebody, which `waits_until` ends. */
    deadline_at: z.string().nullable(),
    waits_until: z.string().nullable(),
    finished_at: z.string().nullable(),
  })
  .meta({ id: "Run" });
export type RunBody = z.output<typeof runSchema>;

/** One thing that happened; ids rise within a run. */
export const runEventSchema = z
  .object({
    id: z.int(),
    at: z.string(),
    type: z.string(),
    step_id: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "RunEvent" });
export type RunEventBody = z.output<typeof runEventSchema>;

const artifactHead = {
  step_id: z.string(),
  kind: z.enum(STEP_KINDS),
  model: z.string().nullable(),
  bytes: z.int(),
  created_at: z.string(),
};

/** What the merging model wrote beside its answer; steps stand for whose answers they are. */
const mergeNotesSchema = z.object({
  best: z.array(z.string()),
  why: z.string(),
  agreed: z.array(z.string()),
  disputed: z.array(z.string()),
  /** Answers that were not followed, with what speaks for each. */
  minority: z.array(z.object({ step_id: z.string(), says: z.string() })),
});
export type MergeNotesBody = z.output<typeof mergeNotesSchema>;

export const runResultSchema = z
  .object({
    id: z.string(),
    status: z.enum(RUN_STATES),
    /** Whether nothing that the result needed failed or was cut off; null while the run is open. */
    complete: z.boolean().nullable(),
    /** null while there is none, and after it was erased. */
    output: z.string().nullable(),
    /** Steps that the output is of; several where what joins them is missing. */
    result_from: z.array(z.string()),
    /** null without a merge, and where the merging model wrote none. */
    merge_notes: mergeNotesSchema.nullable(),
    artifacts: z.array(z.object(artifactHead)),
    cost: costSchema,
    /** With raw=1: what each step answered. */
    raw_outputs: z.array(z.object({ step_id: z.string(), output: z.string() })).optional(),
  })
  .meta({ id: "RunResult" });
export type RunResultBody = z.output<typeof runResultSchema>;

export const artifactSchema = z.object({ ...artifactHead, content: z.string() }).meta({ id: "Artifact" });
export type ArtifactBody = z.output<typeof artifactSchema>;

/** What cancel, approve, verdict and resume answer: where the run stands now. */
export const runChangedSchema = z
  .object({
    id: z.string(),
    status: z.enum(RUN_STATES),
    /** False where it had happened already. */
    changed: z.boolean(),
    approval_id: z.string().nullable(),
    cap_usd: z.number(),
  })
  .meta({ id: "RunChanged" });
export type RunChangedBody = z.output<typeof runChangedSchema>;
