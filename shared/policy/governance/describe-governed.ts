import type { GovernedPick, GovernedReasonLine } from "./pick-governed.ts";
import type { Unreachable } from "./reachability.ts";
import type { GovernedResolution } from "./resolve-governed.ts";

const WHY: Readonly<Record<Unreachable, string>> = {
  not_in_catalogue: "is not in the catalogue",
  denied: "is kept out by the policy",
  no_driver: "has no driver here",
  no_provider: "is served by no provider of the policy",
  provider_state: "cannot be reached at its providers now",
  model_unavailable: "was unavailable",
};

const isUnreachable = (detail: GovernedReasonLine["detail"]): detail is Unreachable =>
  detail !== null && Object.hasOwn(WHY, detail);

/** What governance made of a role, in sentences for the reader of a decision; a cap is always among them. */
export function describeGoverned(resolution: GovernedResolution, pick: GovernedPick): string {
  const { role, agent, tierAsked, tierUsed, overrideReason } = resolution;
  const who = agent === null ? `Role ${role}` : `Agent ${agent} (role ${role})`;
  const lifted = overrideReason === null ? "" : `, lifted from ${tierAsked ?? "no tier"} while a HIGH risk is open`;
  const gone = pick.reasons.flatMap(({ code, model, detail }) =>
    code === "unreachable" && isUnreachable(detail) ? [`${model} ${WHY[detail]}`] : [],
  );
  return [
    `${who} at ${tierUsed ?? "no tier yet"}${lifted}: ${toOutcome(resolution, pick)}.`,
    ...(gone.length === 0 ? [] : [`${gone.join("; ")}.`]),
    ...toCapLine(pick),
  ].join(" ");
}

function toOutcome({ costTier, latencyTier }: GovernedResolution, pick: GovernedPick): string {
  if (pick.waitingApproval)
    return pick.capped === null
      ? "none of its models can be run, and no other may be, so it waits for approval"
      : "the orchestrator's model, on which it would have to run, cannot be run, so it waits for approval";
  if (pick.model === null)
    return `the decision rule picks, up to cost tier ${pick.capped?.costTier ?? costTier}, ${latencyTier}`;
  return pick.usedFallback ? `fallback ${pick.attempt}, ${pick.model.model}` : pick.model.model;
}

function toCapLine({ capped }: GovernedPick): readonly string[] {
  if (capped === null) return [];
  const { asked, effectiveModel, costTier, assumed } = capped;
  const instead = effectiveModel === null ? `the ceiling is ${costTier}` : `it runs on ${effectiveModel} (${costTier})`;
  const doubt = assumed ? " One of the two tiers is the file's word: no price is known." : "";
  return [`CAPPED: ${asked.model} (${asked.costTier}) is dearer than the orchestrator's model, so ${instead}.${doubt}`];
}
