import * as z from "zod";
import { ok } from "../../../shared/base/result.ts";
import { classificationSchema } from "../../../shared/contract/classify.ts";
import { type McpOutput, MODELS_USUAL } from "../../../shared/contract/mcp.ts";
import { modelSchema } from "../../../shared/contract/models.ts";
import { runChangedSchema } from "../../../shared/contract/run-answers.ts";
import { readAnswer, type ToolFunction, toSameAnswer } from "./mcp-tool.ts";

/** Structured answers are objects, so a list of tasks is answered under a name. */
export const classify: ToolFunction<"spawnpoint_classify"> = async (args, { call }) => {
  const answer = await call("classify", { body: args });
  if (args.tasks === undefined) return toSameAnswer(answer);
  const classifications = readAnswer(answer, z.array(classificationSchema));
  return classifications.ok ? ok({ classifications: classifications.value }) : classifications;
};

export const route: ToolFunction<"spawnpoint_route"> = async (args, { call }) =>
  toSameAnswer(await call("route", { body: args }));

export const recordOutcome: ToolFunction<"spawnpoint_outcome"> = async (args, { call }) =>
  toSameAnswer(await call("recordOutcome", { body: args }));

const listMeta = z.object({
  total: z.int(),
  filtered: z.int(),
  returned: z.int(),
  catalog_version: z.string(),
  attribution: z.array(z.string()),
});

export const listModels: ToolFunction<"spawnpoint_models"> = async ({ limit = MODELS_USUAL, ...filters }, { call }) => {
  const said = Object.entries(filters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const answer = await call("listModels", { query: { ...Object.fromEntries(said), limit: String(limit) } });
  const models = readAnswer(answer, z.array(modelSchema));
  if (!models.ok) return models;
  const meta = listMeta.parse(answer.ok && "meta" in answer.value ? answer.value.meta : undefined);
  const page: McpOutput<"spawnpoint_models"> = { models: models.value, ...meta };
  return ok(page);
};

/** A decision is judged by its door, a run by its own: each asks for another scope. */
export const giveVerdict: ToolFunction<"spawnpoint_verdict"> = async (args, { call }) => {
  const { decision_id, run_id, ...body } = args;
  if (run_id === undefined) return toSameAnswer(await call("giveVerdict", { params: { id: decision_id ?? "" }, body }));
  const run = readAnswer(await call("giveRunVerdict", { params: { id: run_id }, body }), runChangedSchema);
  if (!run.ok) return run;
  const { status, changed } = run.value;
  const answer: McpOutput<"spawnpoint_verdict"> = { run_id, status, changed };
  return ok(answer);
};

export const approve: ToolFunction<"spawnpoint_approve"> = async ({ decision_id, run_id, ...body }, { call }) => {
  if (run_id === undefined)
    return toSameAnswer(await call("approveDecision", { params: { id: decision_id ?? "" }, body }));
  const run = readAnswer(await call("approveRun", { params: { id: run_id }, body }), runChangedSchema);
  if (!run.ok) return run;
  const { status, changed, approval_id } = run.value;
  const answer: McpOutput<"spawnpoint_approve"> = { approval_id, run_id, status, changed };
  return ok(answer);
};
