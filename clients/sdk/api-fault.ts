import type { ErrorCode } from "../../shared/contract/error-codes.ts";

/** How a call can end without an answer. No arm holds a header or the key. */
export type ApiFault =
  /** The router answered with an error; `code` is one of the contract's list, or what a later release adds to it. */
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly code: ErrorCode | (string & {});
      readonly message: string;
    }
  /** No answer at all. `reason` is a system code such as ECONNREFUSED, "timeout", or "network". */
  | { readonly kind: "unreachable"; readonly reason: string }
  /** An answer that is none of this API's: a page, a redirect, a body without the fields that the call promises. */
  | { readonly kind: "unexpected"; readonly status: number; readonly detail: string };

export type Answer<T> =
  | { readonly ok: true; readonly data: T; readonly meta: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly fault: ApiFault };

/** A fault in a sentence for a person, ending without a full stop. */
export function describeFault(fault: ApiFault): string {
  switch (fault.kind) {
    case "refused":
      return `Spawnpoint refused with ${fault.status} ${fault.code}: ${fault.message}`;
    case "unreachable":
      return `Spawnpoint could not be reached (${fault.reason})`;
    case "unexpected":
      return `What answered with ${fault.status} is not Spawnpoint's API: ${fault.detail}`;
  }
}
