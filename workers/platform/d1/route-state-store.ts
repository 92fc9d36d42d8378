import { ok, type Result } from "../../../shared/base/result.ts";
import { catalogVersionQuery } from "./catalog-store.ts";
import { type DecisionRecord, toDecisionRecord } from "./decision-row.ts";
import { lockedDecisionQuery } from "./decisions-store.ts";
import type { Db } from "./open-db.ts";
import { type OutcomeRow, observationQueries, toObservationRows } from "./outcomes-store.ts";
import { currentPolicyQuery, type StoredPolicy, toStoredPolicy } from "./policies-store.ts";
import { tryQuery } from "./try-query.ts";

/** Everything one decision reads from the database, of one moment. */
export interface RouteState {
  /** The decision that holds the request's key, if any. */
  readonly held: DecisionRecord | null;
  readonly policy: StoredPolicy | null;
  readonly catalogVersion: string | null;
  readonly outcomes: readonly OutcomeRow[];
}

/** One round trip for what a route call reads: five queries in one batch. Faults: unavailable, malformed_data. */
export async function readRouteState(
  db: Db,
  input: { readonly tenantId: string; readonly lockKey: string; readonly nowMs: number; readonly sinceMs: number },
): Promise<Result<RouteState>> {
  const answers = await tryQuery("read route state", () =>
    db.batch([
      lockedDecisionQuery(db, input),
      currentPolicyQuery(db, input.tenantId),
      catalogVersionQuery(db),
      ...observationQueries(db, input),
    ]),
  );
  if (!answers.ok) return answers;
  const [[locked], [policyRow], [current], ofOutcomes, ofVerdicts] = answers.value;
  const held = locked === undefined ? ok(null) : toDecisionRecord(locked.decision);
  if (!held.ok) return held;
  const policy = toStoredPolicy(policyRow);
  if (!policy.ok) return policy;
  const outcomes = toObservationRows([...ofOutcomes, ...ofVerdicts]);
  if (!outcomes.ok) return outcomes;
  return ok({
    held: held.value,
    policy: policy.value,
    catalogVersion: current?.version ?? null,
    outcomes: outcomes.value,
  });
}
