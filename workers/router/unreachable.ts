import type { ProviderState } from "../../shared/policy/decision.ts";

/** Why an endpoint that nobody here has a key of is left out. */
export const NO_KEY = "no_key";

/** The state of the providers with those left out that cannot be called at all, for want of a key. */
export const withUnreachable = (state: ProviderState, unreachable: readonly string[] = []): ProviderState =>
  unreachable.length === 0
    ? state
    : { ...state, excluded: [...state.excluded, ...unreachable.map((provider) => ({ provider, reason: NO_KEY }))] };

/** Those of `wanted` that cannot be called, sorted. */
export const toUnreachable = (wanted: readonly string[], reachable: ReadonlySet<string>): readonly string[] =>
  [...new Set(wanted.filter((name) => !reachable.has(name)))].sort();
