import type { ProviderState } from "../../shared/policy/decision.ts";

/** The state of the providers with those left out that cannot be called at all, for want of a key. */
export const withUnreachable = (state: ProviderState, unreachable: readonly string[] = []): ProviderState =>
  unreachable.length === 0
    ? state
    : { ...state, excluded: [...state.excluded, ...unreachable.map((provider) => ({ provider, reason: "no_key" }))] };
