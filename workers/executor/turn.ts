import type { RunEvent } from "../../shared/run/advance.ts";
import type { FailureClass, ModelCall } from "../../shared/run/model-call.ts";
import type { NextAttempt, PastCall } from "../../shared/run/next-attempt.ts";
import type { PlannedStep, StepPick } from "../../shared/run/step.ts";
import type { Expansion } from "../platform/d1/expand-run.ts";
import type { LoadedRun } from "../platform/d1/run-load.ts";
import type { CallBooking } from "../platform/d1/run-money-store.ts";
import type { RunCallRow, RunModel, StepFinding } from "../platform/d1/run-row.ts";
import type { StepName } from "./delivery.ts";

/** One step while its lease is ours, with all that doing it needs. */
export interface Turn extends StepName {
  readonly leaseToken: string;
  readonly loaded: LoadedRun;
  readonly planned: PlannedStep;
  readonly models: readonly RunModel[];
  readonly calls: readonly RunCallRow[];
  readonly sealedTexts: string | null;
}

/** What a merging model may be told of, by label. */
export interface Candidate {
  readonly label: string;
  readonly stepId: string;
  readonly text: string;
}

/** A call that is ready to be reserved and made. */
export interface PreparedCall {
  readonly pick: StepPick;
  readonly pickIndex: number;
  readonly attempt: number;
  readonly model: RunModel;
  readonly call: ModelCall;
  readonly microUsd: number;
  readonly seal: string;
  readonly candidates: readonly Candidate[];
  readonly past: readonly PastCall[];
}

/** What ends a step beside a call's failure; the last two of a plan step: nobody, or nothing, decides its parts. */
export type OwnFailure =
  | "lost"
  | "unpriced"
  | "texts_erased"
  | "callback_failed"
  | "router_unreached"
  | "parts_undecided";

/** How a turn ended, before it is saved. */
export interface TurnOutcome {
  readonly event: Extract<RunEvent, { readonly stepId: string }>;
  readonly booking: (CallBooking & { readonly model: string; readonly provider: string }) | null;
  /** What the step brought, and under which name it is kept. */
  readonly output: { readonly name: string; readonly text: string } | null;
  /** Of a merge: what it says of the answers it was made of. */
  readonly notes: string | null;
  readonly finding: StepFinding | null;
  readonly failure: FailureClass | OwnFailure | null;
  readonly lastError: string | null;
  /** What was wrong with the form of an answer that is asked for again; of no other turn. */
  readonly complaint?: string;
  /** Until another try; null = none follows. */
  readonly waitMs: number | null;
  /** Told beside what the event brings. */
  readonly note: {
    readonly kind: string;
    readonly data: Readonly<Record<string, string | number | boolean | null>>;
  } | null;
  /** Of a plan step that is done. */
  readonly expansion?: Expansion;
}

/** An outcome that says nothing but its event. */
export const plainOutcome = (event: TurnOutcome["event"]): TurnOutcome => ({
  event,
  booking: null,
  output: null,
  notes: null,
  finding: null,
  failure: null,
  lastError: null,
  waitMs: null,
  note: null,
});

/** None of the models that governance names can do it now: a person has to look first. */
export const exhaustedOutcome = (
  stepId: string,
  next: Extract<NextAttempt, { readonly kind: "ask_person" }>,
  lastError: string,
): TurnOutcome => ({
  ...plainOutcome({ kind: "exhausted", stepId }),
  ...{ failure: next.failure, lastError },
  note: { kind: "approval_wanted", data: { trigger: next.trigger, failure: next.failure } },
});

/** The step cannot be done, now or later. */
export const failedOutcome = (
  stepId: string,
  failure: NonNullable<TurnOutcome["failure"]>,
  lastError: string,
): TurnOutcome => ({ ...plainOutcome({ kind: "failed", stepId }), failure, lastError });
