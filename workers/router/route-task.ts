import { ok, type Result } from "../../shared/base/result.ts";
import { decide } from "../../shared/policy/decide.ts";
import { sumOutcomes } from "../../shared/policy/outcomes.ts";
import type { DecisionRecord } from "../platform/d1/decisions-store.ts";
import { isCurrent, toDecisionRecord } from "./decision-record.ts";
import type { RouterDeps } from "./deps.ts";
import { toLock, toLockKey } from "./kickoff-lock.ts";
import type { RouteCommand } from "./route-command.ts";
import { withUnreachable } from "./unreachable.ts";

export interface RoutedDecision {
  readonly record: DecisionRecord;
  readonly cached: boolean;
}

/**
 * The router's spine: kickoff lock -> policy, catalogue, outcomes -> repeat of the same request -> classification ->
 * decision -> receipt -> stored. A task_id keeps its decision; an identical request within the TTL gets the same id.
 */
export async function routeTask(command: RouteCommand, deps: RouterDeps): Promise<Result<RoutedDecision>> {
  const lockKey = await toLockKey(command, deps.sha256Hex);
  const state = await deps.readRouteState(command.tenantId, lockKey);
  if (!state.ok) return state;
  const held = command.reroute ? null : state.value.held;
  if (held !== null && command.taskId !== null) return ok({ record: held, cached: true });
  const world = await state.value.readWorld();
  if (!world.ok) return world;
  if (held !== null && isCurrent(held, world.value, deps.classifier.describe()))
    return ok({ record: held, cached: true });

  const classified = await deps.classifier.classify([command.taskText]);
  if (!classified.ok) return classified;
  const [classification] = classified.value;
  if (classification === undefined) throw new Error("the classifier answered nothing for one task");

  const { policy, digests, ...seen } = world.value;
  const outcomes = sumOutcomes(seen.outcomes, classification.task_type.label);
  const { request } = command;
  const providerState = withUnreachable(seen.providerState, command.unreachable);
  const input = { ...seen, outcomes, providerState, classification, policy: policy.policy, request, governance: null };
  const core = decide(input);
  if (!core.ok) return core;

  const decided = { command, input, core: core.value, policyVersion: policy.version, digests };
  const record = await toDecisionRecord(decided, deps);
  const { reroute } = command;
  const lock = toLock({ key: lockKey, record, ttlS: policy.policy.decisionTtlS, reroute, stale: held });
  const saved = await deps.saveDecision(record, [lock]);
  return saved.ok ? ok({ record: saved.value, cached: saved.value.id !== record.id }) : saved;
}
