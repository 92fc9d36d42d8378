import { ok, type Result } from "../../shared/base/result.ts";
import { decide } from "../../shared/policy/decide.ts";
import type { RouteRequest } from "../../shared/policy/decision.ts";
import type { DecisionRecord } from "../platform/d1/decisions-store.ts";
import { isCurrent, toDecisionRecord } from "./decision-record.ts";
import type { RouterDeps } from "./deps.ts";
import { toLock, toLockKey } from "./kickoff-lock.ts";

/** One parsed request to decide; `taskText` is what the classifier reads. */
export interface RouteCommand {
  readonly tenantId: string;
  readonly requestedBy: string;
  readonly taskText: string;
  readonly taskId: string | null;
  readonly reroute: boolean;
  readonly request: RouteRequest;
}

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
  const [held, world] = await Promise.all([
    command.reroute ? ok(null) : deps.readLockedDecision(lockKey),
    deps.readWorld(command.tenantId),
  ]);
  if (!held.ok) return held;
  if (held.value !== null && command.taskId !== null) return ok({ record: held.value, cached: true });
  if (!world.ok) return world;
  if (held.value !== null && isCurrent(held.value, world.value, deps.classifier.describe())) {
    return ok({ record: held.value, cached: true });
  }

  const classified = await deps.classifier.classify([command.taskText]);
  if (!classified.ok) return classified;
  const [classification] = classified.value;
  if (classification === undefined) throw new Error("the classifier answered nothing for one task");

  const { policy, ...seen } = world.value;
  const input = { ...seen, classification, policy: policy.policy, request: command.request, governance: null };
  const core = decide(input);
  if (!core.ok) return core;

  const record = await toDecisionRecord({ command, input, core: core.value, policyVersion: policy.version }, deps);
  const lock = toLock({
    key: lockKey,
    record,
    ttlS: policy.policy.decisionTtlS,
    replace: command.reroute || held.value !== null,
  });
  const saved = await deps.saveDecision(record, [lock]);
  return saved.ok ? ok({ record: saved.value, cached: saved.value.id !== record.id }) : saved;
}
