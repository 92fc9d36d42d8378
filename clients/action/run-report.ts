import type { DecisionBody } from "../../shared/contract/decisions.ts";
import type { RunBody, RunCreatedBody } from "../../shared/contract/run-answers.ts";
import { describeEffort, describeTask, toDecidedOutputs } from "./classification-outputs.ts";
import type { Inputs } from "./parse-inputs.ts";
import type { Outputs } from "./runner-files.ts";
import type { StepReport } from "./step-report.ts";
import { EXIT, type Stop } from "./stop.ts";
import { showUsd } from "./summary-table.ts";

/** No end that its result comes of. */
export const ENDED_BADLY: readonly RunBody["status"][] = ["failed", "canceled", "expired"];
/** Somebody has to act, which may take days: the step does not wait for people. */
const WAITS_FOR_SOMEBODY: readonly RunBody["status"][] = ["awaiting_approval", "awaiting_verdict", "paused_budget"];
/** Whether nothing moves any more without somebody. */
export const isAtRest = ({ status }: RunBody): boolean =>
  status === "done" || ENDED_BADLY.includes(status) || WAITS_FOR_SOMEBODY.includes(status);

function toStop({ status, id }: RunBody): Stop | null {
  return ENDED_BADLY.includes(status) ? { exit: EXIT.failed, message: `The run ${id} ended as ${status}` } : null;
}

/** The decision that a run was started by, or why it is not told of. */
export interface Kickoff {
  readonly decision: DecisionBody | null;
  readonly warning: string | null;
}

/** Every output that a decision gives, without one. */
const NOT_TOLD: Outputs = {
  ...{ "task-type": "", complexity: "", risk: "", labels: "" },
  ...{ model: "", effort: "", provider: "", driver: "" },
};

/** Who the decision named; a run that is under way may have gone on to another model. */
const toKickoffOutputs = ({ decision }: Kickoff, inputs: Inputs): Outputs =>
  decision === null ? NOT_TOLD : toDecidedOutputs(decision, inputs);

const describeGate = ({ requires_approval, approval_id, reason }: RunBody["gate"]): string =>
  requires_approval ? `${approval_id ?? "a person must approve"}: ${reason}` : "none";

function toRows(run: RunBody, { decision }: Kickoff): StepReport["rows"] {
  const { id, mode, steps, cost, gate } = run;
  const models = [...new Set(steps.flatMap(({ model }) => (model === null ? [] : [model.model])))];
  const decided = (read: DecisionBody): StepReport["rows"] => [
    ["Decided", `${read.model}${describeEffort(read)} on ${read.provider}, driver ${read.driverKind} (${read.id})`],
    ["Task", describeTask(read.classification)],
  ];
  return [
    ["Run", `${id}, mode ${mode}`],
    ...(decision === null ? [] : decided(decision)),
    ["Models", models.join(", ")],
    ["Spent", `${showUsd(cost.spent_usd)} of ${showUsd(cost.cap_usd)}`],
    ["Gate", describeGate(gate)],
  ];
}

export interface Rested {
  readonly run: RunBody;
  readonly kickoff: Kickoff;
  /** "" = there is no result. */
  readonly resultPath: string;
}

/** How a run stands, and who was to do it by its decision. */
export function toRunReport({ run, kickoff, resultPath }: Rested, inputs: Inputs): StepReport {
  const { status, id, cost } = run;
  const waits = isAtRest(run) ? [] : [`The run ${id} still goes on; GET /api/runs/${id} tells when it has ended`];
  const held = WAITS_FOR_SOMEBODY.includes(status) ? [`The run ${id} waits for somebody: ${status}`] : [];
  return {
    outputs: {
      ...toKickoffOutputs(kickoff, inputs),
      result: status,
      "run-id": id,
      "decision-id": run.decision_id ?? "",
      "requires-approval": String(status === "awaiting_approval"),
      "spent-usd": String(cost.spent_usd),
      "result-path": resultPath,
    },
    title: `Spawnpoint: run ${status}`,
    rows: toRows(run, kickoff),
    reason:
      resultPath === "" ? "There is no result yet." : "The result is in the file that the output result-path names.",
    line: `Run ${id}: ${status}, ${showUsd(cost.spent_usd)} of ${showUsd(cost.cap_usd)} spent.`,
    warnings: [...waits, ...held, ...(kickoff.warning === null ? [] : [kickoff.warning])],
    stop: toStop(run),
  };
}

/** Of a key that may start runs and read none: what the start itself said. */
export function toUnreadReport(
  { id, status, decision_id, mode, cap_usd, gate }: RunCreatedBody,
  why: string,
): StepReport {
  return {
    outputs: {
      ...NOT_TOLD,
      result: status,
      "run-id": id,
      "decision-id": decision_id,
      "requires-approval": String(status === "awaiting_approval"),
      "spent-usd": "",
      "result-path": "",
    },
    title: "Spawnpoint: run started",
    rows: [
      ["Run", `${id}, mode ${mode}`],
      ["Limit", showUsd(cap_usd)],
      ["Gate", describeGate(gate)],
    ],
    reason: "How it ends is not told here: the key may not read.",
    line: `Run ${id}: ${status}, at most ${showUsd(cap_usd)}.`,
    warnings: [`The run is started, and neither it nor its decision can be read: ${why}`],
    stop: null,
  };
}
