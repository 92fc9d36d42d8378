import type { DecisionBody } from "../../shared/contract/decisions.ts";
import { describeEffort, describeTask, toDecidedOutputs, toRiskStop } from "./classification-outputs.ts";
import type { Inputs } from "./parse-inputs.ts";
import type { Outputs } from "./runner-files.ts";
import { type RunMode, stopForFault } from "./step-report.ts";
import { done } from "./stop.ts";
import { showPercent, showUsd } from "./summary-table.ts";
import { toTask } from "./to-task.ts";

/** Whether a person still has to approve before an agent may start. */
const isHeld = ({ gate }: DecisionBody): boolean => gate.requires_approval && gate.approval_id === null;

/** What the attempt that stands is expected to cost; at the top a cascade's figures are those of all its attempts. */
function toAttemptUsd({ chain, model, effort, attempt, expected }: DecisionBody): number {
  const member = chain.find((pick) => pick.model === model && pick.effort === effort);
  return attempt > 0 ? expected.cost_usd : (member?.expected_in_turn?.cost_usd ?? expected.cost_usd);
}

function toOutputs(decision: DecisionBody, isKept: boolean, inputs: Inputs): Outputs {
  return {
    ...toDecidedOutputs(decision, inputs),
    "decision-id": decision.id,
    attempt: String(decision.attempt),
    "requires-approval": String(isHeld(decision)),
    "expected-usd": String(toAttemptUsd(decision)),
    result: isKept ? "kept" : "decided",
  };
}

function toRows(decision: DecisionBody): readonly (readonly [string, string])[] {
  const { model, provider, driverKind, expected, gate, alternatives } = decision;
  const others = alternatives
    .filter((pick) => pick.model !== model)
    .map((pick) => `${pick.model} (${showPercent(pick.expected.success)} for ${showUsd(pick.expected.cost_usd)})`);
  const approved = gate.approval_id === null ? "a person must approve" : `approved (${gate.approval_id})`;
  return [
    ["Model", `${model}${describeEffort(decision)}`],
    ["Runs on", `${provider}, driver ${driverKind}, mode ${decision.mode}`],
    [
      decision.mode === "cascade" && decision.attempt === 0 ? "Expected of all tries" : "Expected",
      `${showPercent(expected.success)} for about ${showUsd(expected.cost_usd)}, ${Math.max(1, Math.round(expected.minutes))} min`,
    ],
    ...(decision.max_usd === null ? [] : [["Limit of all attempts", showUsd(decision.max_usd)] as const]),
    ["Task", describeTask(decision.classification)],
    ["Gate", gate.requires_approval ? `${approved}: ${gate.reason}` : "none"],
    ...(others.length === 0 ? [] : [["Instead of", others.join("; ")] as const]),
    ["Decision", `${decision.id}, attempt ${decision.attempt + 1}`],
  ];
}

const UNVERIFIED =
  "This task keeps a decision that weighed no second attempt: verifier external changes nothing of it, though a verdict still names the next model";

/** Mode route: who should do the task. The same task keeps its decision over re-runs of the job. */
export const routeStep: RunMode = async ({ env, event, inputs, client }) => {
  const task = toTask(env, event, inputs);
  if (!task.ok) return task;
  const { text, taskId } = task.value;
  const answer = await client.route({
    task: text,
    task_id: taskId,
    ...(inputs.budget === null ? {} : { budget: inputs.budget }),
    ...(inputs.maxUsd === null ? {} : { max_usd: inputs.maxUsd }),
    ...(inputs.verifier === "none" ? {} : { verifier: inputs.verifier }),
    ...(inputs.repository === null ? {} : { context: { repository: inputs.repository } }),
  });
  if (!answer.ok) return stopForFault(answer.fault);
  const decision = answer.data;
  const isKept = answer.meta.cached === true;
  // A chain that was weighed has a worth, whatever it was weighed for; without one, verdicts come too late to matter.
  const isUnverified =
    isKept && inputs.verifier === "external" && decision.mode_comparison.cascade_utility_usd === null;
  const isLooser = isKept && inputs.maxUsd !== null && (decision.max_usd === null || decision.max_usd > inputs.maxUsd);
  return done({
    outputs: toOutputs(decision, isKept, inputs),
    title: "Spawnpoint: who should do it",
    rows: toRows(decision),
    reason: decision.rationale,
    line: `${decision.model}${describeEffort(decision)} by ${decision.driverKind} on ${decision.provider}, about ${showUsd(toAttemptUsd(decision))} (${isKept ? "kept from before" : "decided"} for ${taskId}).`,
    warnings: [
      ...(isHeld(decision) ? [`A person must approve before an agent starts: ${decision.gate.reason}`] : []),
      ...(isLooser ? ["This task keeps a decision made without this max-usd; the limit of then holds"] : []),
      ...(isUnverified ? [UNVERIFIED] : []),
    ],
    stop: toRiskStop(decision.classification, inputs),
  });
};
