import type { DecisionCore, Pick } from "../../policy/decision.ts";
import { PARAMETERS } from "../../policy/parameters.ts";
import { toChainTerms } from "../continuation.ts";
import type { HandOn, Plan } from "../job.ts";
import { OUTPUT_TOKENS, READ_BYTES, RUN_LIMITS } from "../run-limits.ts";
import type { EscalationTerms, PlannedStep, StepRead } from "../step.ts";
import { toEscalationTerms } from "./escalation-terms.ts";
import { toJudge, toKnownPicks } from "./known-picks.ts";
import { toCallStep, toDeliverStep, toStepPick } from "./planned-call.ts";
import { type PlanOptions, planSingle } from "./single.ts";

export interface CascadeOptions extends PlanOptions {
  /** `external`: the run waits for a verdict from CI or a person, for which nothing is paid. */
  readonly verifier: "judge" | "external";
  /** TPR + TNR - 1 of that verifier as far as it is known; null = assumed, as decide() assumes it. */
  readonly verifierJ: number | null;
  readonly handOn: HandOn;
}

const callId = (at: number): string => `call-${at + 1}`;
const checkId = (at: number): string => `check-${at + 1}`;

/** What the model after attempt `at` is shown of it. */
function toHandedOn(at: number, { handOn, verifier }: CascadeOptions): readonly StepRead[] {
  const reasons =
    verifier === "judge"
      ? ({ as: "reasons", maxBytes: READ_BYTES.reasons } as const)
      : ({ as: "evidence", maxBytes: READ_BYTES.evidence } as const);
  return [
    ...(handOn.answer ? [{ stepId: callId(at), as: "rejected_answer", maxBytes: READ_BYTES.candidate } as const] : []),
    ...(handOn.reasons ? [{ stepId: checkId(at), ...reasons }] : []),
  ];
}

interface CheckTerms {
  /** null = the verdict comes from outside. */
  readonly judge: Pick | null;
  readonly terms: EscalationTerms | null;
}

/** What each check weighs. A judge's own price is not known before its call: it is small beside an attempt. */
function toTerms(core: DecisionCore, { verifier, verifierJ }: CascadeOptions): readonly EscalationTerms[] {
  const { externalJ, minJLower } = PARAMETERS.cascade;
  const j = verifierJ ?? (verifier === "external" ? externalJ : minJLower);
  const ahead = core.chain.slice(0, -1).map((_, at) => toEscalationTerms(core, at));
  return toChainTerms(ahead, { j, microUsd: 0 });
}

/** The check after attempt `at`. A check that fails escalates, since nothing vouches for the answer. */
function toCheck(core: DecisionCore, at: number, { judge, terms }: CheckTerms): PlannedStep {
  const known = toKnownPicks(core);
  const author = core.chain[at];
  const spare =
    author === undefined ? [] : known.filter(({ vendor, model }) => vendor !== author.vendor && model !== judge?.model);
  return toCallStep({
    stepId: checkId(at),
    kind: judge === null ? "verdict" : "judge",
    dependsOn: [callId(at)],
    pick: judge === null ? null : toStepPick(judge),
    fallbacks: judge === null ? [] : spare.slice(0, 1).map(toStepPick),
    reads: judge === null ? [] : [{ stepId: callId(at), as: "candidate", maxBytes: READ_BYTES.candidate }],
    maxOutputTokens: judge === null ? 0 : OUTPUT_TOKENS.judge,
    onFailure: "escalate",
    escalation: terms,
  });
}

function toCalls(core: DecisionCore, options: CascadeOptions): readonly PlannedStep[] {
  const { chain } = core;
  return chain.map((attempt, at) =>
    toCallStep({
      stepId: callId(at),
      dependsOn: at === 0 ? [] : [checkId(at - 1)],
      needs: at === 0 ? { kind: "all" } : { kind: "escalation" },
      pick: toStepPick(attempt),
      fallbacks: attempt.fallbacks.map(toStepPick),
      reads: at === 0 ? [] : toHandedOn(at - 1, options),
      onFailure: at === chain.length - 1 ? "skip" : "escalate",
    }),
  );
}

/**
 * The decision's chain, cheapest promise first, a check after each attempt but the last. The chain was searched by value
 * when the decision was made; here it only becomes steps. With one model, or with nobody to judge, it is a single call.
 */
export function planCascade(core: DecisionCore, options: CascadeOptions): Plan {
  const known = toKnownPicks(core);
  const authors = core.chain.slice(0, -1);
  const judges = authors.map((author) => (options.verifier === "judge" ? toJudge(known, author) : null));
  if (authors.length === 0) return { ...planSingle(core, options, ["one_model_left"]), mode: "cascade" };
  if (options.verifier === "judge" && judges.includes(null))
    return { ...planSingle(core, options, ["no_other_family"]), mode: "cascade" };
  const terms = toTerms(core, options);
  const checks = judges.map((judge, at) => toCheck(core, at, { judge, terms: terms[at] ?? null }));
  const calls = toCalls(core, options);
  return {
    mode: "cascade",
    steps: [
      ...calls.flatMap((call, at) => [call, ...checks.slice(at, at + 1)]),
      ...(options.deliver ? [toDeliverStep("deliver")] : []),
    ],
    result: { prefer: calls.map(({ stepId }) => stepId).reverse(), otherwise: [] },
    maxParallel: RUN_LIMITS.fanOut,
    notes: [],
  };
}
