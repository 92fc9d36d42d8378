import type { Plan } from "../../../shared/run/job.ts";
import type { ModelCall } from "../../../shared/run/model-call.ts";
import type { RunCallRow, RunModel, RunTexts } from "../../platform/d1/run-row.ts";
import type { ProviderEndpoint } from "../../platform/provider-endpoints.ts";

/** What the door is given: one run, and where its calls may go. */
export interface EngineDoorBody {
  readonly tenantId: string;
  readonly plan: Plan;
  readonly texts: Partial<RunTexts>;
  /** Facts of the plan's models; left out, a dollar a million tokens each way. */
  readonly models?: readonly RunModel[];
  readonly capMicroUsd?: number;
  readonly endpoints: readonly ProviderEndpoint[];
  /** Of the deployment, for every endpoint that wants one. */
  readonly key: string;
  /** Put over those of a call, by endpoint; one that is not named keeps its own. */
  readonly limits: Readonly<Record<string, Pick<ModelCall, "timeoutMs" | "idleMs" | "byteCap">>>;
  /** Whether no time passes for a call but that of its timers: a slow machine is none that waited. */
  readonly isClockStill?: boolean;
}

/** What became of it, as the rows say. */
export interface EngineDoorAnswer {
  readonly state: string;
  readonly steps: readonly { readonly stepId: string; readonly state: string; readonly failure: string | null }[];
  readonly calls: readonly RunCallRow[];
  readonly spentMicroUsd: number;
  readonly reservedMicroUsd: number;
  readonly overrunMicroUsd: number;
  readonly frozen: boolean;
  /** sum(calls) = spent + overrun, and nothing is left reserved. */
  readonly isBalanced: boolean;
  /** Of the first step that the result is taken from. */
  readonly output: string | null;
  /** Rejections that nobody handled, since the runtime started. */
  readonly unhandled: number;
}
