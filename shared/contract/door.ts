import type * as z from "zod";

export const SCOPES = ["read", "run", "feedback", "approve", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/**
 * One row of the URL surface. `auth` is explicit on every row: a scope, `public`, or `signature`: the handler checks the
 * sender's over the bytes as they came, before anything is parsed. `body` says what is read.
 */
export interface Door {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly auth: Scope | "public" | "signature";
  readonly body: "none" | "json" | "optional-json" | "raw";
  readonly summary: string;
  readonly request?: z.ZodType;
  readonly query?: z.ZodType;
  readonly response?: z.ZodType;
  /** True where a key that was found a moment ago is not looked up again: only doors that read what any key may read. */
  readonly isQuick?: boolean;
  /** Of a successful answer; 200 where it is not said. */
  readonly status?: 202;
  /** Request headers that the door reads beside the common ones. */
  readonly headers?: readonly string[];
  /** True where the answer is not wrapped in `{data, meta?}`. */
  readonly bare?: boolean;
}

export const none = { body: "none" } as const;
export const json = { body: "json" } as const;
export const optionalJson = { body: "optional-json" } as const;
