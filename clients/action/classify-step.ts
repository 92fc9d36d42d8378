import { describeTask, toClassificationOutputs, toRiskStop } from "./classification-outputs.ts";
import { type RunMode, stopForFault } from "./step-report.ts";
import { done } from "./stop.ts";
import { showPercent } from "./summary-table.ts";
import { toTask } from "./to-task.ts";

/** Mode classify: what kind of task it is, and nothing stored. */
export const classifyStep: RunMode = async ({ env, event, inputs, client }) => {
  const task = toTask(env, event, inputs);
  if (!task.ok) return task;
  const answer = await client.classify({ task: task.value.text });
  if (!answer.ok) return stopForFault(answer.fault);
  const read = answer.data;
  const rows = [
    ["Task type", `${read.task_type.label} (${showPercent(read.task_type.confidence)})`],
    ["Complexity", `${read.complexity.label} (${showPercent(read.complexity.confidence)})`],
    ["Risk", `${read.risk.label} (${showPercent(read.risk.confidence)})`],
  ] as const;
  const what = describeTask(read);
  return done({
    outputs: { ...toClassificationOutputs(read, inputs), result: "classified" },
    title: "Spawnpoint: classified",
    rows,
    reason: `The task reads as ${what}.`,
    line: `Classified: ${what}.`,
    warnings: [],
    stop: toRiskStop(read, inputs),
  });
};
