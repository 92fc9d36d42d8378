/** The hard filters of decide(), in the order they are applied. A `no_candidates` fault names the one that emptied the list. */
export const FILTER_NAMES = [
  "catalogue",
  "allow",
  "deny",
  "exclude",
  "unlinked",
  "capabilities",
  "min_context",
  "band",
  "driver",
  "provider",
  "provider_state",
  "governance",
  "max_usd",
] as const;
export type FilterName = (typeof FILTER_NAMES)[number];

/**
 * The one union of expected failures. Each arm carries the data its message needs; `workers/platform/http.ts`
 * alone turns an arm into a status and a code. `message` fields are public: they say the action, quote the value
 * and give what is wanted, and never hold internals.
 */
export type Fault =
  | { readonly kind: "invalid_body"; readonly message: string }
  | { readonly kind: "invalid_param"; readonly message: string; readonly field: string }
  | { readonly kind: "missing_param"; readonly message: string; readonly field: string }
  /** A document with faults of its own, each with its place as a JSON pointer. */
  | {
      readonly kind: "invalid_document";
      readonly message: string;
      readonly issues: readonly { readonly path: string; readonly code: string; readonly message: string }[];
    }
  | { readonly kind: "body_too_large"; readonly limitBytes: number }
  | { readonly kind: "unsupported_media_type"; readonly wanted: string }
  | { readonly kind: "unauthorized" }
  | { readonly kind: "forbidden"; readonly message: string }
  | { readonly kind: "not_found"; readonly what: string; readonly id: string }
  | { readonly kind: "method_not_allowed"; readonly allow: readonly string[] }
  | { readonly kind: "conflict"; readonly message: string }
  /** An Idempotency-Key that was used with another body. */
  | { readonly kind: "key_reused"; readonly message: string }
  | { readonly kind: "host_not_allowed" }
  | {
      readonly kind: "no_candidates";
      readonly emptiedBy: FilterName;
      /** How many candidates there were before that filter. */
      readonly before: number;
    }
  /** The same where the caller asked for a model, not for a decision: there is none of that description. */
  | { readonly kind: "no_model"; readonly message: string; readonly emptiedBy: FilterName; readonly before: number }
  /** None of the models that a governance role names can be run, and no other may be. */
  | {
      readonly kind: "models_exhausted";
      readonly message: string;
      readonly tried: readonly { readonly model: string | null; readonly why: string | null }[];
    }
  | { readonly kind: "rate_limited"; readonly retryAfterS: number }
  | { readonly kind: "unavailable"; readonly what: string; readonly detail: string }
  /** A model folder, catalogue payload or stored row that does not have the shape it must have; `detail` is for the log. */
  | { readonly kind: "malformed_data"; readonly what: string; readonly detail: string };

export type FaultKind = Fault["kind"];

/** Whether the same call may succeed later without being changed. */
export function isRetryable(fault: Fault): boolean {
  switch (fault.kind) {
    case "rate_limited":
    case "unavailable":
      return true;
    case "invalid_body":
    case "invalid_param":
    case "missing_param":
    case "invalid_document":
    case "models_exhausted":
    case "body_too_large":
    case "unsupported_media_type":
    case "unauthorized":
    case "forbidden":
    case "not_found":
    case "method_not_allowed":
    case "conflict":
    case "key_reused":
    case "host_not_allowed":
    case "no_candidates":
    case "no_model":
    case "malformed_data":
      return false;
  }
}

/**
 * A fault in the words of the inside, for logs, heartbeats and the status: what failed and how, or its kind alone. Never
 * a `message`, which may quote a caller.
 */
export const toDetail = (fault: Fault): string => ("detail" in fault ? `${fault.what}: ${fault.detail}` : fault.kind);
