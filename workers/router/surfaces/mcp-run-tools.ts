import * as z from "zod";
import { fail, ok, type Result } from "../../../shared/base/result.ts";
import { encodeUtf8 } from "../../../shared/base/utf8.ts";
import type { McpInput, McpOutput } from "../../../shared/contract/mcp.ts";
import { LIST_MOST, type PeerStatus, RAW_OUTPUT_CHARS } from "../../../shared/contract/mcp-run-tools.ts";
import {
  artifactSchema,
  type RunResultBody,
  type RunSummaryBody,
  runChangedSchema,
  runCreatedSchema,
  runResultSchema,
  runSchema,
  runSummarySchema,
} from "../../../shared/contract/run-answers.ts";
import type { RunState } from "../../../shared/run/job.ts";
import type { StepKind } from "../../../shared/run/step.ts";
import { readAnswer, type ToolFunction, type ToolWorld } from "./mcp-tool.ts";
import { waitForRun } from "./wait-for-run.ts";

const LIST_USUAL = 20;
/** What a page of GET /api/runs holds at most. */
const PAGE_MOST = 100;

/** smart-spawn knows five words; what waits for somebody is under way for it, and what waits for an approval not begun. */
const PEER_STATUS: Readonly<Record<RunState, PeerStatus>> = {
  awaiting_approval: "queued",
  running: "running",
  awaiting_verdict: "running",
  paused_budget: "running",
  done: "completed",
  failed: "failed",
  canceled: "canceled",
  expired: "failed",
};
const RUN_STATES_OF = (status: PeerStatus): readonly string[] =>
  Object.entries(PEER_STATUS).flatMap(([state, word]) => (word === status ? [state] : []));

const toStatus = (state: RunState) => ({ status: PEER_STATUS[state], state });

export const toArtifactUri = (runId: string, nodeId: string): string =>
  `spawnpoint://runs/${encodeURIComponent(runId)}/steps/${encodeURIComponent(nodeId)}`;

const toType = (kind: StepKind): "raw" | "merged" | "plan" =>
  kind === "merge" ? "merged" : kind === "plan" ? "plan" : "raw";

/** A text of tags is what smart-spawn's clients send; ours may send the whole context. */
function toContext(context: McpInput<"smartspawn_run_create">["context"]) {
  if (typeof context !== "string") return context;
  const stack = context.split(",").map((word) => word.trim());
  return { stack: stack.filter((word) => word !== "") };
}

/** Fields of the door under their names there; those that were not said are left out. */
function toRunBody(args: McpInput<"smartspawn_run_create">): object {
  const { context, collectiveCount, idempotency_key: _, ...same } = args;
  const count = args.mode === "collective" && collectiveCount !== undefined ? { count: collectiveCount } : {};
  return { ...same, ...(context === undefined ? {} : { context: toContext(context) }), ...count };
}

export const createRun: ToolFunction<"smartspawn_run_create"> = async (args, { call }) => {
  const { idempotency_key: key } = args;
  const headers = key === undefined ? {} : { "idempotency-key": key };
  const created = readAnswer(await call("createRun", { body: toRunBody(args), headers }), runCreatedSchema);
  if (!created.ok) return created;
  const { id, created_at, status: state, decision_id, cap_usd, gate, warnings } = created.value;
  const answer: McpOutput<"smartspawn_run_create"> = {
    run_id: id,
    status: "queued",
    created_at,
    state,
    decision_id,
    cap_usd,
    requires_approval: gate.requires_approval,
    gate_reason: gate.reason,
    warnings,
  };
  return ok(answer);
};

export const readStatus: ToolFunction<"smartspawn_run_status"> = async ({ run_id, wait_s = 0 }, world) => {
  const lastEvent = await waitForRun({ runId: run_id, waitS: wait_s }, world);
  if (!lastEvent.ok) return lastEvent;
  const run = readAnswer(await world.call("getRun", { params: { id: run_id } }), runSchema);
  if (!run.ok) return run;
  const { status, progress, updated_at } = run.value;
  const answer: McpOutput<"smartspawn_run_status"> = {
    run_id,
    ...toStatus(status),
    progress: {
      total_nodes: progress.total,
      done_nodes: progress.done,
      running_nodes: progress.running,
      failed_nodes: progress.failed,
      percent: progress.percent,
    },
    last_event: lastEvent.value,
    updated_at,
  };
  return ok(answer);
};

function toSummary({ status, complete, result_from, artifacts, cost }: RunResultBody): string {
  const from = result_from.length === 0 ? "no result yet" : `result of ${result_from.join(", ")}`;
  const part = complete === false ? ", not of all that was planned" : "";
  return `Run ${status}: ${from}${part}; ${artifacts.length} artifacts; ${cost.spent_usd} USD of at most ${cost.cap_usd} USD`;
}

export const readResult: ToolFunction<"smartspawn_run_result"> = async (args, world) => {
  const { run_id, include_raw = false, wait_s = 0 } = args;
  const waited = wait_s === 0 ? ok(null) : await waitForRun({ runId: run_id, waitS: wait_s }, world);
  if (!waited.ok) return waited;
  const query = include_raw ? { raw: "1" } : {};
  const result = readAnswer(await world.call("getRunResult", { params: { id: run_id }, query }), runResultSchema);
  if (!result.ok) return result;
  const { status, output, artifacts, cost, raw_outputs = [] } = result.value;
  const answer: McpOutput<"smartspawn_run_result"> = {
    ...toStatus(status),
    merged_output: output,
    summary: toSummary(result.value),
    artifacts: artifacts.map(({ step_id, kind, model }) => ({
      node_id: step_id,
      path: toArtifactUri(run_id, step_id),
      model,
      status: "completed",
      type: toType(kind),
    })),
    cost: {
      prompt_tokens: cost.prompt_tokens,
      completion_tokens: cost.completion_tokens,
      usd_estimate: cost.spent_usd + cost.overrun_usd,
    },
    ...(include_raw
      ? {
          raw_outputs: raw_outputs.map((raw) => ({
            nodeId: raw.step_id,
            output: raw.output.slice(0, RAW_OUTPUT_CHARS),
          })),
        }
      : {}),
  };
  return ok(answer);
};

interface Artifact {
  readonly type: "raw" | "merged" | "plan";
  readonly content: string;
  readonly createdAt: string;
}

async function readStepArtifact(runId: string, stepId: string, { call }: ToolWorld): Promise<Result<Artifact>> {
  const answer = await call("getRunArtifact", { params: { id: runId, step: stepId } });
  const step = readAnswer(answer, artifactSchema);
  if (!step.ok) return step;
  return ok({ type: toType(step.value.kind), content: step.value.content, createdAt: step.value.created_at });
}

async function readMerged(runId: string, { call }: ToolWorld): Promise<Result<Artifact>> {
  const result = readAnswer(await call("getRunResult", { params: { id: runId } }), runResultSchema);
  if (!result.ok) return result;
  const { output, artifacts, result_from } = result.value;
  if (output === null) return fail({ kind: "not_found", what: "artifact of step", id: "merged" });
  const made = artifacts.filter(({ step_id }) => result_from.includes(step_id)).map(({ created_at }) => created_at);
  const createdAt = made.sort().at(-1);
  if (createdAt === undefined) throw new Error(`run ${runId} has a result that no step made`);
  return ok({ type: "merged", content: output, createdAt });
}

/** The plan as it stands: what each step is, on whom it waits and who does it. */
async function readPlan(runId: string, { call }: ToolWorld): Promise<Result<Artifact>> {
  const run = readAnswer(await call("getRun", { params: { id: runId } }), runSchema);
  if (!run.ok) return run;
  const steps = run.value.steps.map(({ id, kind, depends_on, model }) => ({ id, kind, depends_on, model }));
  const content = JSON.stringify({ mode: run.value.mode, steps, notes: run.value.notes }, null, 2);
  return ok({ type: "plan", content, createdAt: run.value.created_at });
}

/** "merged" and "plan" stand for what no step of that name made; a step of that name comes first. */
async function findArtifact(runId: string, nodeId: string, world: ToolWorld): Promise<Result<Artifact>> {
  const step = await readStepArtifact(runId, nodeId, world);
  if (step.ok || step.fault.kind !== "not_found") return step;
  if (nodeId === "merged") return readMerged(runId, world);
  return nodeId === "plan" ? readPlan(runId, world) : step;
}

export const readArtifact: ToolFunction<"smartspawn_artifact_get"> = async ({ run_id, node_id }, world) => {
  const nodeId = node_id.startsWith(`${run_id}:`) ? node_id.slice(run_id.length + 1) : node_id;
  const artifact = await findArtifact(run_id, nodeId, world);
  if (!artifact.ok) return artifact;
  const { type, content, createdAt } = artifact.value;
  const answer: McpOutput<"smartspawn_artifact_get"> = {
    artifact_type: type,
    content,
    metadata: {
      bytes: encodeUtf8(content).length,
      sha256: await world.deps.sha256Hex(content),
      created_at: createdAt,
      path: toArtifactUri(run_id, nodeId),
    },
  };
  return ok(answer);
};

const listMeta = z.object({ next_cursor: z.string().nullable() });

async function readPage(query: Readonly<Record<string, string>>, { call }: ToolWorld) {
  const answer = await call("listRuns", { query });
  const rows = readAnswer(answer, z.array(runSummarySchema));
  if (!rows.ok) return rows;
  const { next_cursor: next } = listMeta.parse(answer.ok && "meta" in answer.value ? answer.value.meta : undefined);
  return ok({ rows: rows.value, next });
}

/** The newest runs of one state, or of all; two pages hold as many as the tool gives. */
async function readNewest(
  { state, limit }: { readonly state: string | null; readonly limit: number },
  world: ToolWorld,
): Promise<Result<readonly RunSummaryBody[]>> {
  const query = { limit: String(Math.min(limit, PAGE_MOST)), ...(state === null ? {} : { status: state }) };
  const first = await readPage(query, world);
  if (!first.ok) return first;
  const { rows, next } = first.value;
  if (limit <= PAGE_MOST || next === null) return ok(rows);
  const second = await readPage({ ...query, limit: String(limit - PAGE_MOST), cursor: next }, world);
  return second.ok ? ok([...rows, ...second.value.rows]) : second;
}

const newestFirst = (a: RunSummaryBody, b: RunSummaryBody): number =>
  a.created_at === b.created_at ? (a.id < b.id ? 1 : -1) : a.created_at < b.created_at ? 1 : -1;

export const listRuns: ToolFunction<"smartspawn_run_list"> = async ({ status, limit = LIST_USUAL }, world) => {
  const states = status === undefined ? [null] : RUN_STATES_OF(status);
  const found = await Promise.all(
    states.map((state) => readNewest({ state, limit: Math.min(limit, LIST_MOST) }, world)),
  );
  const rows: RunSummaryBody[] = [];
  for (const page of found) {
    if (!page.ok) return page;
    rows.push(...page.value);
  }
  const runs = rows
    .sort(newestFirst)
    .slice(0, limit)
    .map(({ id, task_id, status: state, created_at, updated_at }) => ({
      run_id: id,
      task: task_id,
      ...toStatus(state),
      created_at,
      updated_at,
    }));
  const answer: McpOutput<"smartspawn_run_list"> = { runs };
  return ok(answer);
};

export const cancelRun: ToolFunction<"smartspawn_run_cancel"> = async ({ run_id }, { call }) => {
  const changed = readAnswer(await call("cancelRun", { params: { id: run_id } }), runChangedSchema);
  if (!changed.ok) return changed;
  const { status, changed: isChanged } = changed.value;
  const answer: McpOutput<"smartspawn_run_cancel"> = { run_id, ...toStatus(status), changed: isChanged };
  return ok(answer);
};
