import type { DecideInput } from "../decision.ts";
import { toMatcher } from "../model-pattern.ts";
import { toVendorReach } from "../reach.ts";

/** Why a model cannot be run; the last is of a model that failed in the very work that asks again. */
export type Unreachable =
  | "not_in_catalogue"
  | "denied"
  | "no_driver"
  | "no_provider"
  | "provider_state"
  | "model_unavailable";

/** null = it can be run. An id of null is a name that the catalogue does not know. */
export type Reachability = (modelId: string | null) => Unreachable | null;

/**
 * Which models this tenant can run now, by the filters of the decision rule that speak of a model's maker: the policy's
 * lists, drivers, providers, and what is known of their state. What a request asks of a model (band, needs, lists of its
 * own) makes none unavailable.
 */
export function toReachability(
  input: Pick<DecideInput, "catalog" | "policy" | "request" | "providerState">,
): Reachability {
  const { catalog, policy } = input;
  const byId = new Map(catalog.models.map((model) => [model.id, model]));
  const isDenied = toMatcher(policy.deny);
  const isAllowed = policy.allow.length === 0 ? () => true : toMatcher(policy.allow);
  return (modelId) => {
    const model = modelId === null ? undefined : byId.get(modelId);
    if (model === undefined) return "not_in_catalogue";
    if (isDenied(model) || !isAllowed(model)) return "denied";
    const reach = toVendorReach(model.vendor, input, null);
    if (reach.drivers.length === 0) return "no_driver";
    if (reach.byProvider.length === 0) return "no_provider";
    return reach.open.length === 0 ? "provider_state" : null;
  };
}

/** The same, with models left out that proved unavailable. */
export const exceptModels =
  (reachability: Reachability, failedIds: readonly string[]): Reachability =>
  (modelId) =>
    modelId !== null && failedIds.includes(modelId) ? "model_unavailable" : reachability(modelId);
