import type { Effort } from "../../../shared/catalog/model.ts";
import type { GovernanceConstraints, RouteRequest } from "../../../shared/policy/decision.ts";
import type { RoleBlockIds } from "../../../shared/prompt/compose-role.ts";
import type { Budget, LedgerState } from "../../../shared/run/budget.ts";
import type { EscalationDecision } from "../../../shared/run/escalate.ts";
import type { Plan, RunKind, RunState } from "../../../shared/run/job.ts";
import type { MergeStyle } from "../../../shared/run/merge.ts";
import type { FailureClass } from "../../../shared/run/model-call.ts";
import type { CallPrices } from "../../../shared/run/price-call.ts";
import type { StepKind, StepPick, StepStatus } from "../../../shared/run/step.ts";
import type { TaskType } from "../../../shared/task/labels.ts";

/** Names a step; this and nothing else travels in a queue message. */
export interface StepKey {
  readonly runId: string;
  readonly stepId: string;
}

/** What a run may call, with its prices as they were when it was accepted: a later catalogue changes no run's books. */
export interface RunModel {
  readonly model: string;
  readonly effort: Effort;
  readonly contextTokens: number;
  readonly maxOutputTokens: number | null;
  readonly prices: CallPrices;
}

/** What the parts are decided by that a model is to make, as it was asked for; providers and policy are those of that day. */
export interface PlanningFacts {
  readonly request: RouteRequest;
  readonly governance: GovernanceConstraints | null;
  /** Who is to merge; null = whoever the decision says. */
  readonly mergeModel: string | null;
}

/** What steers a run beside its plan; no word of its task is in it. */
export interface RunSettings {
  readonly mergeStyle: MergeStyle;
  /** Of a check from outside, where it was measured. */
  readonly verifierRates: { readonly tpr: number; readonly tnr: number } | null;
  readonly taskType: TaskType | null;
  /** Where its decision stood when the run took it up. */
  readonly firstAttempt: number;
  /** How long results are kept after the end. */
  readonly retentionMs: number;
  /** Whether the tenant stores prompts: texts then live as long as results. */
  readonly storeText: boolean;
  readonly stepTimeoutMs: number;
  readonly runTimeoutMs: number;
  /** Why a person has to look before it starts, or before its parts do; left out where nobody has to. */
  readonly gateReason?: string;
  /** Of a run whose parts a model makes. */
  readonly planning?: PlanningFacts;
}

/** The words of a run, sealed in one row. */
export interface RunTexts {
  /** With its context, as the models read it. */
  readonly task: string;
  /** Composed role text; empty = none. */
  readonly role: string;
  readonly parts: Readonly<Record<string, string>>;
  /** Of parts that have a role text of their own; every other call has `role`. */
  readonly roles?: Readonly<Record<string, string>>;
  /** Whom to tell of the end; the plan then has a deliver step. */
  readonly callback: { readonly url: string } | null;
  /** Of a run whose parts a model makes: the task without its context, the stack that its parts are classified with, and the role that was asked for. */
  readonly planning?: { readonly task: string; readonly stack: readonly string[]; readonly role?: RoleBlockIds };
}

export interface RunRow {
  readonly runId: string;
  readonly tenantId: string;
  readonly keyId: string | null;
  readonly kind: RunKind;
  readonly state: RunState;
  /** Sequence number of its last event. */
  readonly version: number;
  readonly decisionId: string | null;
  readonly taskId: string | null;
  readonly plan: Plan;
  readonly settings: RunSettings;
  readonly requiresApproval: boolean;
  readonly approvalId: string | null;
  readonly approvedBy: string | null;
  readonly approvedAtMs: number | null;
  readonly taskSha256: string;
  readonly taskBytes: number;
  readonly dayCapMicroUsd: number | null;
  readonly hasKeyCap: boolean;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** null while it waits for somebody. */
  readonly deadlineAtMs: number | null;
  readonly waitUntilMs: number | null;
  /** When its results were erased. */
  readonly erasedAtMs: number | null;
  /** Of the scope `run`. */
  readonly budget: Budget;
}

export interface RunSummary
  extends Pick<
    RunRow,
    "runId" | "kind" | "state" | "decisionId" | "taskId" | "createdAtMs" | "updatedAtMs" | "endedAtMs"
  > {
  readonly spentMicroUsd: number;
  readonly capMicroUsd: number;
}

/** What a check said, without its words. */
export interface StepFinding {
  readonly kind: "score" | "outside" | "unreadable";
  readonly score: number | null;
  readonly accepted: boolean | null;
  readonly decision: EscalationDecision;
}

export interface RunStepRow {
  readonly stepId: string;
  readonly position: number;
  readonly kind: StepKind;
  readonly status: StepStatus;
  /** How often it was taken up. */
  readonly claims: number;
  /** Class of the failure that ended it. */
  readonly failure: string | null;
  /** Who did it, of the last call made; before one, who is to. */
  readonly pick: StepPick | null;
  readonly finding: StepFinding | null;
  /** Of its sealed artifact. */
  readonly outputKey: string | null;
  readonly outputBytes: number | null;
  readonly startedAtMs: number | null;
  readonly settledAtMs: number | null;
  /** Everything its calls were booked at. */
  readonly costMicroUsd: number;
  /** Calls that were not released unsent. */
  readonly calls: number;
}

export interface RunCallRow {
  readonly callId: string;
  readonly stepId: string;
  readonly attempt: number;
  /** Place in the step's picks: 0 its own, then its fallbacks. */
  readonly pick: number;
  readonly provider: string;
  readonly model: string;
  readonly effort: string;
  readonly state: LedgerState;
  readonly failure: FailureClass | null;
  readonly reservedMicroUsd: number;
  readonly settledMicroUsd: number;
  readonly overrunMicroUsd: number;
  readonly promptTokens: number | null;
  readonly cachedPromptTokens: number | null;
  readonly completionTokens: number | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
}

export interface RunEventRow {
  readonly seq: number;
  readonly atMs: number;
  readonly kind: string;
  readonly stepId: string | null;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}

/** What a change from outside did, and which steps are to be put in the queue. */
export interface RunChange {
  readonly state: RunState;
  /** False where it had happened already. */
  readonly changed: boolean;
  readonly released: readonly StepKey[];
}
