import { fail, ok, type Result } from "../base/result.ts";

/** ready -> running (under a lease) -> done or failed; a lease that runs out makes it claimable again. */
export const STEP_STATES = ["ready", "running", "done", "failed"] as const;
export type StepState = (typeof STEP_STATES)[number];

/** The whole body of a queue message: the row in the database is the truth, so that a redelivery is harmless. */
export interface StepMessage {
  readonly run_id: string;
  readonly step_id: string;
}

const ID_PATTERN = /^[\x21-\x7e]{1,100}$/;

/** A queue message's body. Fault: malformed_data for anything but `{run_id, step_id}`. */
export function parseStepMessage(body: unknown): Result<StepMessage> {
  const members = typeof body === "object" && body !== null ? Object.entries(body) : [];
  const found = new Map<string, unknown>(members);
  const [run_id, step_id] = [found.get("run_id"), found.get("step_id")];
  const named = typeof run_id === "string" && typeof step_id === "string" && found.size === 2;
  if (!named || !ID_PATTERN.test(run_id) || !ID_PATTERN.test(step_id)) {
    return fail({ kind: "malformed_data", what: "queue message", detail: "expected run_id and step_id alone" });
  }
  return ok({ run_id, step_id });
}
