import type { Fault } from "./fault.ts";

/** Outcome of anything that can fail in an expected way. Bugs throw; expected failures are the `fault` arm. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });

export const fail = (fault: Fault): Result<never> => ({ ok: false, fault });
