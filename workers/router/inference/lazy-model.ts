import type { Fault } from "../../../shared/base/fault.ts";
import type { Result } from "../../../shared/base/result.ts";
import { fail } from "../../../shared/base/result.ts";

/** After a failed load the next attempt waits this long, so that a broken bucket does not cost every request a load. */
export const RETRY_AFTER_MS = 60_000;

/**
 * A load that has not settled for this long is given up: when the request that began it is cut off, the platform drops
 * its reads and the promise never settles.
 */
export const GIVE_UP_AFTER_MS = 60_000;

/** Where a lazily loaded value stands. */
export type LazyState<T> =
  | { readonly kind: "absent" }
  | { readonly kind: "loading"; readonly promise: Promise<Result<T>>; readonly startedAtMs: number }
  | { readonly kind: "ready"; readonly value: T }
  | { readonly kind: "failed"; readonly fault: Fault; readonly failedAtMs: number };

/** One value, loaded on first use under one shared promise; failures are remembered for RETRY_AFTER_MS. */
export interface LazyModel<T> {
  readonly state: () => LazyState<T>;
  readonly get: (deps: { readonly load: () => Promise<Result<T>>; readonly nowMs: () => number }) => Promise<Result<T>>;
}

export function makeLazyModel<T>(): LazyModel<T> {
  let state: LazyState<T> = { kind: "absent" };
  return {
    state: () => state,
    get: ({ load, nowMs }) => {
      const now = nowMs();
      if (state.kind === "ready") return Promise.resolve({ ok: true, value: state.value });
      if (state.kind === "loading" && now - state.startedAtMs < GIVE_UP_AFTER_MS) return state.promise;
      if (state.kind === "failed" && now - state.failedAtMs < RETRY_AFTER_MS) return Promise.resolve(fail(state.fault));
      const settle = (result: Result<T>): Result<T> => {
        // A load that was given up must not overwrite the one that took its place, unless it brings the value.
        if (result.ok) state = { kind: "ready", value: result.value };
        else if (state === mine) state = { kind: "failed", fault: result.fault, failedAtMs: nowMs() };
        return result;
      };
      const promise = load().then(settle, (error) => {
        const detail = error instanceof Error ? error.message : String(error);
        return settle(fail({ kind: "unavailable", what: "model", detail }));
      });
      const mine: LazyState<T> = { kind: "loading", promise, startedAtMs: now };
      state = mine;
      return promise;
    },
  };
}
