import type { DecisionBody } from "../../shared/contract/decisions.ts";
import type { ClassificationBody } from "../sdk/create-client.ts";
import type { Inputs } from "./parse-inputs.ts";
import type { Outputs } from "./runner-files.ts";
import { EXIT, type Stop } from "./stop.ts";

type Labelled = Pick<ClassificationBody, "task_type" | "complexity" | "risk" | "abstained_heads">;

/** The labels for an issue or pull request, comma-separated; a head that does not know puts up none. */
function toLabels({ task_type, complexity, risk, abstained_heads }: Labelled, prefix: string): string {
  const named = {
    task_type: ["type", task_type.label],
    complexity: ["complexity", complexity.label],
    risk: ["risk", risk.label],
  };
  return Object.entries(named)
    .filter(([head]) => !abstained_heads.some((abstained) => abstained === head))
    .map(([, [name, label]]) => `${prefix}${name}:${label}`)
    .join(",");
}

export function toClassificationOutputs(read: Labelled, { labelPrefix }: Pick<Inputs, "labelPrefix">): Outputs {
  return {
    "task-type": read.task_type.label,
    complexity: read.complexity.label,
    risk: read.risk.label,
    labels: toLabels(read, labelPrefix),
  };
}

type Decided = Pick<DecisionBody, "classification" | "model" | "effort" | "provider" | "driverKind">;

/** What was read in the task, and who is to do it. */
export const toDecidedOutputs = (decision: Decided, inputs: Pick<Inputs, "labelPrefix">): Outputs => ({
  ...toClassificationOutputs(decision.classification, inputs),
  model: decision.model,
  effort: decision.effort,
  provider: decision.provider,
  driver: decision.driverKind,
});

/** "easy bugfix, risk low"; what the classifier is unsure of says so. */
export function describeTask({ task_type, complexity, risk, abstained_heads }: Labelled): string {
  const unsure = abstained_heads.map((head) => head.replace("_", " "));
  const words = `${complexity.label} ${task_type.label}, risk ${risk.label}`;
  return unsure.length === 0 ? words : `${words} (unsure of ${unsure.join(" and ")})`;
}

/** " at high effort", behind a model's name; nothing where it is the model's own. */
export const describeEffort = ({ effort }: Pick<DecisionBody, "effort">): string =>
  effort === "default" ? "" : ` at ${effort} effort`;

const RANK = { low: 0, medium: 1, high: 2 } as const;

/** Fails the step from the asked risk on; a risk that the classifier cannot tell counts as reached. */
export function toRiskStop(
  { risk, abstained_heads }: Labelled,
  { failOnRisk }: Pick<Inputs, "failOnRisk">,
): Stop | null {
  if (failOnRisk === "none") return null;
  const isUnknown = abstained_heads.includes("risk");
  if (!isUnknown && RANK[risk.label] < RANK[failOnRisk]) return null;
  const says = isUnknown
    ? "The classifier cannot tell the risk of this task"
    : `The risk of this task is ${risk.label}`;
  return { exit: EXIT.risk, message: `${says}, and fail-on-risk is ${failOnRisk}` };
}
