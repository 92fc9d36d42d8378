import { fail, ok, type Result } from "../../shared/base/result.ts";
import type { Policy } from "../../shared/policy/policy.ts";
import type { Plan } from "../../shared/run/job.ts";
import { findStranded, type RunReach } from "../../shared/run/plan/reach-plan.ts";
import type { MeasuredVerifier } from "../platform/d1/verifiers-store.ts";
import type { RouterDeps } from "./deps.ts";
import { readOutsideVerifier } from "./read-verifier.ts";
import { type RunCommand, toRepository } from "./run-command.ts";
import { toUnreachable } from "./unreachable.ts";

/** What a run can call on, and whom it can ask. */
export interface Reach extends RunReach {
  /** The check outside that the request declares, as it was measured in the repository that it names. */
  readonly measured: MeasuredVerifier | null;
  readonly unreachable: readonly string[];
}

/** Which endpoints the tenant's keys open. A preview decides as if all did where none does. Faults: unavailable, malformed_data. */
export async function readReach(command: RunCommand, policy: Policy, deps: RouterDeps): Promise<Result<Reach>> {
  const [known, providers] = [deps.knownProviders(), await deps.readReach(command.tenantId)];
  if (!known.ok) return known;
  if (!providers.ok) return providers;
  const measured = await readOutsideVerifier(command.tenantId, toRepository(command.body) ?? null, deps);
  if (!measured.ok) return measured;
  const isBlind = command.isPreview && providers.value.size === 0;
  const unreachable = isBlind ? [] : toUnreachable([...known.value, ...policy.providers], providers.value);
  return ok({ providers: providers.value, allowed: new Set(policy.providers), unreachable, measured: measured.value });
}

/** A decision under a kickoff lock may name what nobody here has a key of; a run that can only fail is not accepted. */
export function checkReach(plan: Plan, { isPreview }: RunCommand, reach: Reach): Result<void> {
  const stranded = isPreview ? undefined : findStranded(plan, reach);
  if (stranded === undefined) return ok(undefined);
  const { model, provider } = stranded.pick ?? {};
  const message = `Cannot run ${model}: there is no key for ${provider}; save one, or decide anew (POST /api/route with reroute)`;
  return fail({ kind: "conflict", message });
}
