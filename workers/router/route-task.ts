import { ok, type Result } from "../../shared/base/result.ts";
import { sumOutcomes } from "../../shared/policy/outcomes.ts";
import type { DecisionRecord } from "../platform/d1/decisions-store.ts";
import { isCurrent, toDecisionRecord } from "./decision-record.ts";
import type { RouterDeps } from "./deps.ts";
import { decideGoverned, readAsked } from "./govern-task.ts";
import { tellRefusal, toDecisionEvents } from "./governance-events.ts";
import { toLock, toLockKey } from "./kickoff-lock.ts";
import { readVerifierOf, toQuality } from "./read-verifier.ts";
import type { RouteCommand } from "./route-command.ts";
import { withUnreachable } from "./unreachable.ts";

export interface RoutedDecision {
  readonly record: DecisionRecord;
  readonly cached: boolean;
}

/**
 * The router's spine: kickoff lock -> policy, catalogue, outcomes -> routing file of the role asked for -> repeat of the
 * same request -> outside verifier -> classification -> governed decision -> receipt -> stored. A task_id keeps its
 * decision; an identical request within the TTL gets the same id.
 */
export async function routeTask(command: RouteCommand, deps: RouterDeps): Promise<Result<RoutedDecision>> {
  const lockKey = await toLockKey(command, deps.sha256Hex);
  const state = await deps.readRouteState(command.tenantId, lockKey);
  if (!state.ok) return state;
  const held = command.reroute ? null : state.value.held;
  if (held !== null && command.taskId !== null) return ok({ record: held, cached: true });
  const world = command.seen === undefined ? await state.value.readWorld() : ok(command.seen.world);
  if (!world.ok) return world;
  const asked = await readAsked(command, world.value.catalog, deps);
  if (!asked.ok) return asked;
  const isSameFile = held?.governed?.version === asked.value?.world.stored.version;
  if (held !== null && isSameFile && isCurrent(held, world.value, deps.classifier.describe()))
    return ok({ record: held, cached: true });

  const verifier = await readVerifierOf(command, deps);
  if (!verifier.ok) return verifier;
  const classified = await deps.classifier.classify([command.taskText]);
  if (!classified.ok) return classified;
  const [classification] = classified.value;
  if (classification === undefined) throw new Error("the classifier answered nothing for one task");

  const { policy, digests, ...seen } = { ...world.value, verifier: toQuality(verifier.value) };
  const outcomes = sumOutcomes(seen.outcomes, classification.task_type.label);
  const { request } = command;
  const providerState = withUnreachable(seen.providerState, command.unreachable);
  const plain = { ...seen, outcomes, providerState, classification, policy: policy.policy, request, governance: null };
  const { reroute, isForRun = false } = command;
  const governed = decideGoverned(plain, asked.value, { mayWait: isForRun });
  if (!governed.ok) return tellRefusal(governed.fault, { tenantId: command.tenantId, plain, asked: asked.value }, deps);

  const decided = { command, ...governed.value, policyVersion: policy.version, digests };
  const record = await toDecisionRecord(decided, deps);
  const lock = toLock({ key: lockKey, record, ttlS: policy.policy.decisionTtlS, reroute, stale: held });
  const saved = await deps.saveDecision(record, [lock], isForRun ? [] : toDecisionEvents(record, deps));
  return saved.ok ? ok({ record: saved.value, cached: saved.value.id !== record.id }) : saved;
}
