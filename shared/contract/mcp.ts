import * as z from "zod";
import { ENTRY_KINDS, PRICE_TIERS } from "../catalog/model.ts";
import { CATEGORY_LABELS } from "../task/labels.ts";
import { classificationSchema, classifyRequestSchema } from "./classify.ts";
import {
  approveRequestSchema,
  decisionSchema,
  outcomeRequestSchema,
  verdictAnswerSchema,
  verdictRequestSchema,
} from "./decisions.ts";
import type { Scope } from "./door.ts";
import * as runs from "./mcp-run-tools.ts";
import { modelSchema } from "./models.ts";
import { routeRequestSchema } from "./route.ts";
import { RUN_STATE_NAMES } from "./run-answers.ts";
import { runVerdictSchema } from "./run-requests.ts";
import { MODEL_SORTS } from "./selection.ts";

/** One tool: what it takes and answers. `listedFor` hides it from keys without the scope; the door refuses them anyway. */
export interface McpTool {
  readonly title: string;
  readonly description: string;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  readonly readOnly: boolean;
  /** Takes something away that is not given back; left out, it only adds. */
  readonly destructive?: true;
  /** Calls others than this service: a run calls providers. */
  readonly openWorld?: true;
  readonly listedFor?: Scope;
}

const idField = z.string().min(1).max(200).optional();
const subject = { decision_id: idField, run_id: idField };
const hasOneSubject = (one: { decision_id?: string | undefined; run_id?: string | undefined }): boolean =>
  (one.decision_id === undefined) !== (one.run_id === undefined);
const oneSubject = { error: "expected either decision_id or run_id", path: ["decision_id"] };

/** Of `task` its classification, of `tasks` one each. Hosts read the root's properties, and a union would have none. */
const classifyOutput = z.object({
  ...classificationSchema.partial().shape,
  classifications: z.array(classificationSchema).optional(),
});

/** A decision as it is, without the name that would make its schema a reference: hosts look for properties at the root. */
const routeOutput = z.object(decisionSchema.shape);

/** A page of models fits a conversation; GET /api/models has the whole catalogue. */
export const MODELS_USUAL = 10;
const MODELS_MOST = 50;

const modelsInput = z.strictObject({
  category: z.enum(CATEGORY_LABELS).optional(),
  tier: z.enum(PRICE_TIERS).optional(),
  sort: z.enum(MODEL_SORTS).optional(),
  limit: z.int().min(1).max(MODELS_MOST).optional().describe(`${MODELS_USUAL} where it is left out`),
  kind: z
    .enum(["model", "all"])
    .optional()
    .describe(`all lists entries of every kind: ${ENTRY_KINDS.join(", ")}`),
});
const modelsOutput = z.object({
  models: z.array(modelSchema),
  total: z.int(),
  filtered: z.int(),
  returned: z.int(),
  catalog_version: z.string(),
  attribution: z.array(z.string()),
});

const verdictInput = z
  .strictObject({ ...subject, ...verdictRequestSchema.shape, step_id: runVerdictSchema.shape.step_id })
  .refine(hasOneSubject, oneSubject)
  .refine(({ run_id, attempt }) => run_id === undefined || attempt === undefined, {
    error: "expected decision_id beside it",
    path: ["attempt"],
  })
  .refine(({ run_id, cost_usd }) => run_id === undefined || cost_usd === undefined, {
    error: "expected decision_id beside it: what a run costs is known",
    path: ["cost_usd"],
  })
  .refine(({ decision_id, step_id }) => decision_id === undefined || step_id === undefined, {
    error: "expected run_id beside it",
    path: ["step_id"],
  });
/** Of a decision: who is next. Of a run: where it stands now. */
const verdictOutput = z.object({
  ...verdictAnswerSchema.partial().shape,
  status: z.union([verdictAnswerSchema.shape.status, z.enum(RUN_STATE_NAMES)]),
  run_id: z.string().optional(),
  changed: z.boolean().optional(),
});

const approveInput = z.strictObject({ ...subject, ...approveRequestSchema.shape }).refine(hasOneSubject, oneSubject);
const approveOutput = z.object({
  approval_id: z.string().nullable(),
  decision_id: z.string().optional(),
  approved_by: z.string().optional(),
  run_id: z.string().optional(),
  status: z.enum(RUN_STATE_NAMES).optional(),
  changed: z.boolean().optional(),
});

const peerTools = {
  smartspawn_run_create: {
    title: "Start a run",
    description: "Have a task done by one or several models; answers a run_id at once.",
    input: runs.runCreateInput,
    output: runs.runCreateOutput,
    readOnly: false,
    openWorld: true,
  },
  smartspawn_run_status: {
    title: "Where a run stands",
    description: "Status and progress of a run; with wait_s it waits for the end and tells progress on the way.",
    input: runs.runStatusInput,
    output: runs.runStatusOutput,
    readOnly: true,
  },
  smartspawn_run_result: {
    title: "What came of a run",
    description: "The merged answer of a run, its artifacts and its cost; with wait_s it waits for the end.",
    input: runs.runResultInput,
    output: runs.runResultOutput,
    readOnly: true,
  },
  smartspawn_artifact_get: {
    title: "One artifact",
    description: "What one step of a run answered; node_id merged is the final answer, plan the plan.",
    input: runs.artifactGetInput,
    output: runs.artifactGetOutput,
    readOnly: true,
  },
  smartspawn_run_list: {
    title: "Recent runs",
    description: "Runs of this tenant, newest first.",
    input: runs.runListInput,
    output: runs.runListOutput,
    readOnly: true,
  },
  smartspawn_run_cancel: {
    title: "Cancel a run",
    description: "Stop a run; what was paid for is kept.",
    input: runs.runCancelInput,
    output: runs.runCancelOutput,
    readOnly: false,
    destructive: true,
  },
  smartspawn_health: {
    title: "Health",
    description: "Whether providers, database, storage and the consumer of runs answer.",
    input: runs.healthInput,
    output: runs.healthOutput,
    readOnly: true,
  },
} as const satisfies Record<string, McpTool>;

/** Every tool by name, in the order in which they are listed. */
export const MCP_TOOLS = {
  ...peerTools,
  spawnpoint_classify: {
    title: "Classify tasks",
    description: "Complexity, task type and risk of one coding task, or of up to 64, with calibrated probabilities.",
    input: classifyRequestSchema,
    output: classifyOutput,
    readOnly: true,
  },
  spawnpoint_route: {
    title: "Who should do it",
    description:
      "Decide which model, provider, driver, effort and mode should do a task, at what expected cost and chance of success, and why.",
    input: routeRequestSchema,
    output: routeOutput,
    readOnly: false,
  },
  spawnpoint_models: {
    title: "Models",
    description: "The catalogue: prices, abilities and scores of models, filtered and sorted.",
    input: modelsInput,
    output: modelsOutput,
    readOnly: true,
  },
  spawnpoint_outcome: {
    title: "How it ended",
    description: "Say what became of a decision, so that later ones learn.",
    input: outcomeRequestSchema,
    output: z.object({ outcome_id: z.string(), decision_id: z.string(), recorded: z.literal(true) }),
    readOnly: false,
  },
  spawnpoint_verdict: {
    title: "Accept or reject",
    description: "Accept or reject the current attempt of a decision or run; a rejection names the next model.",
    input: verdictInput,
    output: verdictOutput,
    readOnly: false,
  },
  spawnpoint_approve: {
    title: "Approve",
    description: "Lift the gate of a decision or run that requires approval; never with the key that asked for it.",
    input: approveInput,
    output: approveOutput,
    readOnly: false,
    listedFor: "approve",
  },
} as const satisfies Record<string, McpTool>;

export type McpToolName = keyof typeof MCP_TOOLS;
/** What a tool gets after its input was checked. */
export type McpInput<N extends McpToolName> = z.output<(typeof MCP_TOOLS)[N]["input"]>;
export type McpOutput<N extends McpToolName> = z.output<(typeof MCP_TOOLS)[N]["output"]>;
