import type { DecisionBody, VerdictAnswer } from "../../shared/contract/decisions.ts";
import type { VerifierBody } from "../../shared/contract/verifiers.ts";
import { describeVerifier } from "./describe-verifier.ts";
import { fenceEvidence } from "./fence-evidence.ts";
import type { Inputs } from "./parse-inputs.ts";
import { type GithubEvent, textAt } from "./read-event.ts";
import { readEvidence } from "./read-evidence.ts";
import { type Outputs, writeForLater } from "./runner-files.ts";
import { type RunMode, type StepContext, type StepReport, stopForFault } from "./step-report.ts";
import { type Attempted, done, EXIT, stopWith } from "./stop.ts";
import { showUsd } from "./summary-table.ts";

/** true = accepted, false = rejected, null = the checks never came to an end, so there is nothing to judge by. */
const MEANINGS: Readonly<Record<string, boolean | null>> = {
  true: true,
  accepted: true,
  success: true,
  false: false,
  rejected: false,
  failure: false,
  timed_out: false,
  cancelled: null,
  skipped: null,
  neutral: null,
  stale: null,
  action_required: null,
  startup_failure: null,
};

/** The verdict by the input, else by the conclusion of the workflow run that started this one. Stop: badInput. */
export function toAccepted({ accepted }: Pick<Inputs, "accepted">, event: GithubEvent): Attempted<boolean | null> {
  const conclusion = event.name === "workflow_run" ? textAt(event.payload, "workflow_run.conclusion") : "";
  const text = accepted ?? conclusion;
  if (text === "")
    return stopWith(
      EXIT.badInput,
      "The input accepted is empty: expected true, false, or the outcome of a step or job",
    );
  const meaning = Object.hasOwn(MEANINGS, text) ? MEANINGS[text] : undefined;
  return meaning === undefined
    ? stopWith(
        EXIT.badInput,
        `Cannot read the input accepted "${text.slice(0, 30)}": expected one of ${Object.keys(MEANINGS).join(", ")}`,
      )
    : done(meaning);
}

/** The numbers are written out, so each has to be one. */
const isWhole = ({ n, unlabelled, tpr, tnr, j, j_lower }: VerifierBody): boolean =>
  [n, unlabelled].every((count) => typeof count === "number") &&
  [tpr, tnr, j, j_lower].every((share) => share === null || typeof share === "number");

/** Who judged, measured where it was judged; null where the key may not read it, or it could not be read. */
async function readVerifiers({ client, inputs }: StepContext): Promise<readonly VerifierBody[] | null> {
  if (inputs.repository === null) return null;
  const read = await client.listVerifiers(inputs.repository);
  if (!read.ok || !Array.isArray(read.data)) return null;
  return read.data.filter((one) => one.source === inputs.source && isWhole(one));
}

interface Judged {
  readonly decision: DecisionBody;
  readonly attempt: number;
  readonly accepted: boolean;
  readonly answer: VerdictAnswer;
  /** Where the fenced log stands; "" where there is none to hand on. */
  readonly evidencePath: string;
  readonly quality: readonly (readonly [string, string])[];
}

function toOutputs({ decision, attempt, answer, evidencePath }: Judged): Outputs {
  const { next, status, cost, ended_by } = answer;
  return {
    result: status,
    "decision-id": decision.id,
    "next-model": next?.model ?? "",
    model: next?.model ?? "",
    effort: next?.effort ?? "",
    provider: next?.provider ?? "",
    driver: next?.driverKind ?? "",
    attempt: String(next === null ? attempt : attempt + 1),
    "requires-approval": String(status === "approval_required"),
    "expected-usd": cost.next_usd === null ? "" : String(cost.next_usd),
    "attempts-usd": String(cost.attempts_usd),
    "strongest-usd": String(cost.strongest_usd),
    "ended-by": ended_by ?? "",
    "evidence-path": evidencePath,
  };
}

const HEADINGS: Readonly<Record<VerdictAnswer["status"], string>> = {
  accepted: "accepted",
  next: "rejected, another model is next",
  approval_required: "rejected, another model waits for an approval",
  exhausted: "rejected, and nothing follows",
};

/** What was expected, or how much of it was paid. */
function describeCost({ attempts_usd, paid_attempts }: VerdictAnswer["cost"], attempt: number): string {
  const usd = showUsd(attempts_usd);
  if (paid_attempts === 0) return `about ${usd}, as expected`;
  return paid_attempts > attempt ? `${usd}, as paid` : `about ${usd}, ${paid_attempts} of ${attempt + 1} as paid`;
}

function toRows({ decision, attempt, accepted, answer, quality }: Judged): readonly (readonly [string, string])[] {
  const { cost, next } = answer;
  // What stands now is another model where the decision has moved on since.
  const judged = decision.attempt === attempt ? decision.model : "an earlier model";
  const difference = cost.strongest_usd - cost.attempts_usd;
  const compared = `${cost.strongest_model} at once: ${showUsd(cost.strongest_usd)}; ${difference >= 0 ? "saved" : "more by"} ${showUsd(Math.abs(difference))}`;
  return [
    ["Attempt", `${attempt + 1}, ${judged}: ${accepted ? "accepted" : "rejected"}`],
    [
      "Next",
      next === null
        ? "none"
        : `${next.model}${next.effort === "default" ? "" : ` at ${next.effort} effort`}, ${next.provider}, driver ${next.driverKind}`,
    ],
    ["Attempts so far", describeCost(cost, attempt)],
    ...(cost.next_usd === null ? [] : [["Next attempt", `about ${showUsd(cost.next_usd)}`] as const]),
    ...(cost.max_usd === null ? [] : [["Limit of all attempts", showUsd(cost.max_usd)] as const]),
    ...(accepted ? [["Against", compared] as const] : []),
    ...quality,
    ["Decision", decision.id],
  ];
}

function toReport(judged: Judged): StepReport {
  const { answer, attempt } = judged;
  return {
    outputs: toOutputs(judged),
    title: `Spawnpoint: ${HEADINGS[answer.status]}`,
    rows: toRows(judged),
    reason: `${answer.reason} Amounts are expectations of the kickoff, except what stands as paid.`,
    line: `Attempt ${attempt + 1}: ${HEADINGS[answer.status]}. ${answer.reason}`,
    warnings: [],
    stop: null,
  };
}

const WITHOUT_VERDICT: StepReport = {
  outputs: { result: "none" },
  title: "Spawnpoint: no verdict",
  rows: [],
  reason: "The checks did not come to an end, so nothing was judged and the decision stands as it was.",
  line: "No verdict: the checks did not come to an end.",
  warnings: ["No verdict was sent: the checks did not come to an end"],
  stop: null,
};

async function judge(context: StepContext, accepted: boolean): Promise<Attempted<StepReport>> {
  const { env, inputs, client, secrets } = context;
  const log = accepted || inputs.evidenceFile === null ? done("") : readEvidence(inputs.evidenceFile, env, secrets);
  if (!log.ok) return log;
  // parseInputs() lets no verdict through without it.
  const id = inputs.decisionId ?? "";
  const found = await client.readDecision(id);
  if (!found.ok) return stopForFault(found.fault);
  const decision = found.data;
  // Named always, so that the same verdict sent twice is one.
  const attempt = inputs.attempt ?? decision.attempt;
  const given = await client.giveVerdict(id, {
    accepted,
    source: inputs.source,
    attempt,
    ...(log.value === "" ? {} : { evidence: log.value }),
    ...(inputs.repository === null ? {} : { repository: inputs.repository }),
    ...(inputs.costUsd === null ? {} : { cost_usd: inputs.costUsd }),
  });
  if (!given.ok) return stopForFault(given.fault);
  const isHandedOn = given.data.next !== null && log.value !== "";
  const judged = decision.attempt === attempt ? decision.model : "an earlier model";
  const evidencePath = isHandedOn ? writeForLater(env, "evidence.md", fenceEvidence(log.value, judged)) : "";
  const quality = describeVerifier(await readVerifiers(context), inputs);
  return done(toReport({ decision, attempt, accepted, answer: given.data, evidencePath, quality }));
}

/** Mode verdict: closes an attempt by what the checks said; a rejection names the next model and hands the log on. */
export const verdictStep: RunMode = async (context) => {
  const accepted = toAccepted(context.inputs, context.event);
  if (!accepted.ok) return accepted;
  return accepted.value === null ? done(WITHOUT_VERDICT) : judge(context, accepted.value);
};
