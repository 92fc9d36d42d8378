import { fail, ok, type Result } from "../../../shared/base/result.ts";
import { encodeUtf8 } from "../../../shared/base/utf8.ts";
import type { McpOutput } from "../../../shared/contract/mcp.ts";
import { artifactSchema, runResultSchema, runSchema } from "../../../shared/contract/run-answers.ts";
import type { StepKind } from "../../../shared/run/step.ts";
import { readAnswer, type ToolFunction, type ToolWorld } from "./mcp-tool.ts";

export const toArtifactUri = (runId: string, nodeId: string): string =>
  `spawnpoint://runs/${encodeURIComponent(runId)}/steps/${encodeURIComponent(nodeId)}`;

export const toType = (kind: StepKind): "raw" | "merged" | "plan" =>
  kind === "merge" ? "merged" : kind === "plan" ? "plan" : "raw";

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
