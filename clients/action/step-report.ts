import type { ApiFault } from "../sdk/api-fault.ts";
import { describeFault } from "../sdk/api-fault.ts";
import type { Client } from "../sdk/create-client.ts";
import type { Log } from "./console-lines.ts";
import type { Env, Inputs } from "./parse-inputs.ts";
import type { GithubEvent } from "./read-event.ts";
import type { Outputs } from "./runner-files.ts";
import { type Attempted, EXIT, type Stop, stopWith } from "./stop.ts";

/** What a mode did: outputs for later steps, a summary for people, and whether the step fails all the same. */
export interface StepReport {
  readonly outputs: Outputs;
  readonly title: string;
  readonly rows: readonly (readonly [name: string, value: string])[];
  readonly reason: string;
  /** One line for the log. */
  readonly line: string;
  readonly warnings: readonly string[];
  /** Outputs and summary are written before it ends the step. */
  readonly stop: Stop | null;
}

/** What every mode is given. */
export interface StepContext {
  readonly env: Env;
  readonly event: GithubEvent;
  readonly inputs: Inputs;
  readonly client: Client;
  readonly secrets: readonly string[];
  readonly log: Log;
  readonly sleep: (ms: number) => Promise<void>;
  readonly nowMs: () => number;
}

export type RunMode = (context: StepContext) => Promise<Attempted<StepReport>>;

export const stopForFault = (fault: ApiFault) => stopWith(EXIT.failed, describeFault(fault));
