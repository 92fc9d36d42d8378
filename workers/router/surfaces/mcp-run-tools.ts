import { ok } from "../../../shared/base/result.ts";
import type { McpInput, McpOutput } from "../../../shared/contract/mcp.ts";
import { RAW_OUTPUT_CHARS } from "../../../shared/contract/mcp-run-tools.ts";
import {
  type RunResultBody,
  runChangedSchema,
  runCreatedSchema,
  runResultSchema,
  runSchema,
} from "../../../shared/contract/run-answers.ts";
import { toArtifactUri, toType } from "./mcp-artifact.ts";
import { readAnswer, type ToolFunction } from "./mcp-tool.ts";
import { toStatus } from "./peer-status.ts";
import { waitForRun } from "./wait-for-run.ts";

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

export const cancelRun: ToolFunction<"smartspawn_run_cancel"> = async ({ run_id }, { call }) => {
  const changed = readAnswer(await call("cancelRun", { params: { id: run_id } }), runChangedSchema);
  if (!changed.ok) return changed;
  const { status, changed: isChanged } = changed.value;
  const answer: McpOutput<"smartspawn_run_cancel"> = { run_id, ...toStatus(status), changed: isChanged };
  return ok(answer);
};
