import type { FailureClass } from "./model-call.ts";

/**
 * What a governed step does once the retries of a failure are used up. `stand_in`: the model cannot be reached, so the
 * next of the role's list is asked. `retry_budget_exhausted`: it can, and keeps failing, which a person looks at.
 * `fail`: no other model would be asked anything else.
 */
export type GovernedCourse = "stand_in" | "retry_budget_exhausted" | "fail";

export const GOVERNED_COURSES: Readonly<Record<FailureClass, GovernedCourse>> = {
  rate_limited: "stand_in",
  rate_limited_long: "stand_in",
  quota_exhausted: "stand_in",
  server_error: "stand_in",
  network: "stand_in",
  auth: "stand_in",
  model_not_found: "stand_in",
  no_key: "stand_in",
  timeout: "retry_budget_exhausted",
  network_after_send: "retry_budget_exhausted",
  stream_ended_early: "retry_budget_exhausted",
  bad_response: "retry_budget_exhausted",
  context_overflow: "fail",
  content_filter: "fail",
  forbidden: "fail",
  invalid_request: "fail",
  too_large: "fail",
  redirect_refused: "fail",
  output_cap: "fail",
  egress_refused: "fail",
  canceled: "fail",
};
