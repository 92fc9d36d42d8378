import * as z from "zod";
import { RUN_MODES } from "../policy/policy.ts";
import { contextSchema } from "./route.ts";
import { RUN_STATE_NAMES } from "./run-answers.ts";
import { createRunSchema } from "./run-requests.ts";

/** Long enough to spare an agent its polling, short enough for the 60 s after which clients give a call up. */
export const WAIT_MOST_S = 50;
/** Of one raw output, as smart-spawn's server cuts it. */
export const RAW_OUTPUT_CHARS = 12_000;
export const LIST_MOST = 200;

/** smart-spawn's words for where a run stands; `state` beside them is ours. */
export const PEER_STATUSES = ["queued", "running", "completed", "failed", "canceled"] as const;
export type PeerStatus = (typeof PEER_STATUSES)[number];

const idField = z.string().min(1).max(200);
const runIdField = idField.describe("Id that smartspawn_run_create answered");
const waitField = z
  .int()
  .min(0)
  .max(WAIT_MOST_S)
  .optional()
  .describe("Seconds to wait for the run's end, or until it waits for somebody; 0 answers at once");

const { shape: run } = createRunSchema;

/** Fields of smart-spawn's tool, and those of POST /api/runs that it does not know. */
export const runCreateInput = z.strictObject({
  task: run.task.describe("What is to be done"),
  mode: z.enum(RUN_MODES).describe("single, collective, cascade, plan or swarm"),
  budget: run.budget.describe("Ceiling on the prompt price of models: low 1, medium 5, high 20 USD per 1M tokens, any"),
  context: z
    .union([z.string().max(10_000), contextSchema])
    .optional()
    .describe("Words of the stack, separated by commas; or files, stack and needs"),
  collectiveCount: run.count.describe("How many models answer in mode collective; other modes take no notice"),
  role: run.role.describe("Role blocks that enrich the prompt"),
  merge: run.merge.describe("How several answers become one"),
  task_id: run.task_id.describe("The same id gets the same decision"),
  max_usd: run.max_usd.describe("Cap of what the run may cost; left out, the tenant's policy, or 5 USD"),
  value_usd: run.value_usd,
  preset: run.preset,
  constraints: run.constraints,
  verifier: run.verifier,
  planner: run.planner.describe("Who makes the parts in modes plan and swarm: the task's own structure, or a model"),
  governance: run.governance.describe("Agent or role of the tenant's routing file, whose models do it"),
  hand_on: run.hand_on.describe("What the next model of a cascade is told of a rejected answer"),
  callback_url: run.callback_url.describe(
    "https address that is told of the end, if its host is on the deployment's list",
  ),
  idempotency_key: z.string().max(257).optional().describe("The same key starts one run, however often it is sent"),
});

const statusFields = { status: z.enum(PEER_STATUSES), state: z.enum(RUN_STATE_NAMES) };

export const runCreateOutput = z.object({
  run_id: z.string(),
  status: z.literal("queued"),
  created_at: z.string(),
  state: z.enum(RUN_STATE_NAMES),
  decision_id: z.string(),
  cap_usd: z.number(),
  requires_approval: z.boolean(),
  gate_reason: z.string(),
  warnings: z.array(z.string()),
});

export const runStatusInput = z.strictObject({ run_id: runIdField, wait_s: waitField });
export const runStatusOutput = z.object({
  run_id: z.string(),
  ...statusFields,
  progress: z.object({
    total_nodes: z.int(),
    done_nodes: z.int(),
    running_nodes: z.int(),
    failed_nodes: z.int(),
    percent: z.int(),
  }),
  /** Kind of the last event, and its step. */
  last_event: z.string().nullable(),
  updated_at: z.string(),
});

export const runResultInput = z.strictObject({
  run_id: runIdField,
  include_raw: z.boolean().optional().describe("Also what each step answered"),
  wait_s: waitField,
});
export const runResultOutput = z.object({
  ...statusFields,
  /** null while there is none, and after it was erased. */
  merged_output: z.string().nullable(),
  summary: z.string(),
  artifacts: z.array(
    z.object({
      node_id: z.string(),
      /** A resource of this server. */
      path: z.string(),
      model: z.string().nullable(),
      status: z.literal("completed"),
      type: z.enum(["raw", "merged", "plan"]),
    }),
  ),
  cost: z.object({ prompt_tokens: z.int(), completion_tokens: z.int(), usd_estimate: z.number() }),
  raw_outputs: z.array(z.object({ nodeId: z.string(), output: z.string() })).optional(),
});

export const artifactGetInput = z.strictObject({
  run_id: runIdField,
  node_id: idField.describe('A node_id of the result\'s artifacts, "merged" for the final answer, "plan" for the plan'),
});
export const artifactGetOutput = z.object({
  artifact_type: z.enum(["raw", "merged", "plan"]),
  content: z.string(),
  metadata: z.object({ bytes: z.int(), sha256: z.string(), created_at: z.string(), path: z.string() }),
});

export const runListInput = z.strictObject({
  status: z.enum(PEER_STATUSES).optional(),
  limit: z.int().min(1).max(LIST_MOST).optional().describe("20 where it is left out"),
});
export const runListOutput = z.object({
  runs: z.array(
    z.object({
      run_id: z.string(),
      /** The caller's own task_id: texts of tasks are kept sealed and only while a run needs them. */
      task: z.string().nullable(),
      ...statusFields,
      created_at: z.string(),
      updated_at: z.string(),
    }),
  ),
});

export const runCancelInput = z.strictObject({ run_id: runIdField });
export const runCancelOutput = z.object({ run_id: z.string(), ...statusFields, changed: z.boolean() });

export const healthInput = z.strictObject({});
/** Each is what one read has just shown. */
export const healthOutput = z.object({
  openrouter_configured: z.boolean(),
  smart_spawn_api_reachable: z.boolean(),
  db_writable: z.boolean(),
  artifact_storage_writable: z.boolean(),
  /** False where a run of the tenant stands still for longer than any step may take. */
  worker_alive: z.boolean(),
});
