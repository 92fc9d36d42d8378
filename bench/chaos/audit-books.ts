import { withLocalDatabase } from "../../scripts/host/local-database.ts";
import type { SeenCall } from "../../tests/fake-provider/start-fake-provider.ts";

/** What the rows of a local host say once everything is over. */
export interface Audit {
  readonly runs: number;
  readonly byState: Readonly<Record<string, number>>;
  /** Runs whose parts a model made. */
  readonly planned: number;
  /** Accepted runs that are in no row, or not at an end. */
  readonly lost: number;
  /** Steps that were settled, or calls that were booked, more than once. */
  readonly settledTwice: number;
  readonly callsMicroUsd: number;
  readonly bookedMicroUsd: number;
  readonly reservedMicroUsd: number;
  /** Calls in the books that may have been sent. */
  readonly booked: number;
  readonly unknown: number;
  /** Requests that the provider saw beyond those which a step has an answer of. */
  readonly extra: number;
  /** Steps that the provider saw asked more often than the books say. */
  readonly unbooked: number;
}

const FINAL = ["done", "failed", "canceled", "expired"];

interface Counted {
  readonly key: string;
  readonly n: number;
}

const count = (rows: readonly Counted[]): ReadonlyMap<string, number> => new Map(rows.map(({ key, n }) => [key, n]));

/** Calls that nobody has settled yet; lost ones of earlier kills among them, until their step is taken up again. */
export const readReserved = (state: LocalState): Promise<readonly string[]> =>
  withLocalDatabase(state, async (db) => {
    const rows = await db.prepare("SELECT call_id AS id FROM calls WHERE state = 'reserved'").all<{ id: string }>();
    return rows.results.map(({ id }) => id);
  });

interface LocalState {
  readonly stateDir: string;
  readonly databaseId: string;
}

/** Reads the books of a host that has stopped, beside the provider's own log; `runIdOf` finds a request's run. */
export async function auditBooks(input: {
  readonly stateDir: string;
  readonly databaseId: string;
  readonly accepted: readonly string[];
  readonly seen: readonly SeenCall[];
  readonly runIdOf: (call: SeenCall) => string;
}): Promise<Audit> {
  const { accepted, seen, runIdOf, ...state } = input;
  return withLocalDatabase(state, async (db) => {
    const all = async <T>(text: string): Promise<readonly T[]> => (await db.prepare(text).all<T>()).results;
    const runs = await all<{ id: string; state: string }>("SELECT id, state FROM runs WHERE plan IS NOT NULL");
    const stateOf = new Map(runs.map(({ id, state }) => [id, state]));
    const [money] = await all<{ booked: number; reserved: number }>(
      "SELECT sum(spent_micro_usd + overrun_micro_usd) AS booked, sum(reserved_micro_usd) AS reserved FROM budgets WHERE scope LIKE 'run:%'",
    );
    const [calls] = await all<{ sum: number; booked: number; lost: number }>(
      "SELECT sum(settled_micro_usd + overrun_micro_usd) AS sum, sum(state <> 'released') AS booked, sum(state = 'unknown') AS lost FROM calls",
    );
    const twice = await all<Counted>(
      "SELECT run_id || '/' || step_id AS key, count(*) AS n FROM run_events WHERE kind IN ('step_done', 'step_failed') GROUP BY key HAVING n > 1",
    );
    const [plans] = await all<{ n: number }>(
      "SELECT count(*) AS n FROM run_events WHERE kind = 'planned' AND data ->> 'planned_by' = 'llm'",
    );
    const answered = await all<Counted>("SELECT run_id AS key, sum(state = 'settled') AS n FROM calls GROUP BY run_id");
    const sent = await all<Counted>("SELECT run_id AS key, sum(state <> 'released') AS n FROM calls GROUP BY run_id");
    const seenOf = new Map<string, number>();
    for (const call of seen) seenOf.set(runIdOf(call), (seenOf.get(runIdOf(call)) ?? 0) + 1);
    const [answeredOf, sentOf] = [count(answered), count(sent)];
    const byState: Record<string, number> = {};
    for (const { state: at } of runs) byState[at] = (byState[at] ?? 0) + 1;
    return {
      ...{ runs: runs.length, byState, planned: plans?.n ?? 0, settledTwice: twice.length },
      lost: accepted.filter((id) => !FINAL.includes(stateOf.get(id) ?? "")).length,
      ...{ callsMicroUsd: calls?.sum ?? 0, booked: calls?.booked ?? 0, unknown: calls?.lost ?? 0 },
      ...{ bookedMicroUsd: money?.booked ?? 0, reservedMicroUsd: money?.reserved ?? 0 },
      extra: [...seenOf].reduce((sum, [id, n]) => sum + Math.max(0, n - (answeredOf.get(id) ?? 0)), 0),
      unbooked: [...seenOf].reduce((sum, [id, n]) => sum + Math.max(0, n - (sentOf.get(id) ?? 0)), 0),
    };
  });
}
