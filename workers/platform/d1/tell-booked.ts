import { type SQL, sql } from "drizzle-orm";
import { BUDGET_WARNINGS, type Budget, toWarnings } from "../../../shared/run/budget.ts";
import type { Db } from "./open-db.ts";
import { rawStatement } from "./raw-statement.ts";
import { budgets, calls } from "./run-money-tables.ts";
import type { NewEvent, Statement } from "./run-write.ts";
import { runEvents, runs } from "./runs-tables.ts";

interface Booked {
  /** Calls that are still reserved, and what each is booked at. */
  readonly where: SQL;
  readonly microUsd: SQL;
  readonly failure: string | null;
  /** Of what is billed beyond a reservation, in all. */
  readonly overrunMicroUsd: number;
  readonly nowMs: number;
}

/** The calls themselves. */
const toldCalls = ({ where, microUsd, failure }: Booked): SQL =>
  sql`select ${calls.runId} as run_id, 0 as place, 'call_settled' as kind, ${calls.stepId} as step_id,
        json_object('model', ${calls.model}, 'provider', ${calls.provider}, 'microUsd', ${microUsd}, 'failure', ${failure}) as data
      from ${calls} where ${where}`;

/** Shares of a run's cap that are passed on the way from one state to the next, as events of that run. */
export const toWarningEvents = (before: Budget, after: Budget): readonly NewEvent[] =>
  toWarnings(before, after).map((percent) => ({
    ...{ kind: "budget_warning", stepId: null },
    data: { percent, cap: after.capMicroUsd },
  }));

/** The same in the database: shares that are passed now, and of that cap not told yet. */
const toldWarnings = ({ where }: Booked): SQL =>
  sql`select ${runs.id}, json_each.value, 'budget_warning', null,
        json_object('percent', json_each.value, 'cap', ${budgets.capMicroUsd})
      from json_each(${JSON.stringify(BUDGET_WARNINGS)}), ${budgets}, ${runs}
      where ${runs.id} in (select ${calls.runId} from ${calls} where ${where}) and ${budgets.scope} = 'run:' || ${runs.id}
        and ${budgets.capMicroUsd} > 0
        and (${budgets.spentMicroUsd} + ${budgets.overrunMicroUsd}) * 100 >= json_each.value * ${budgets.capMicroUsd}
        and not exists (select 1 from ${runEvents} where ${runEvents.runId} = ${runs.id} and ${runEvents.kind} = 'budget_warning'
          and ${runEvents.data} ->> 'percent' = json_each.value and ${runEvents.data} ->> 'cap' = ${budgets.capMicroUsd})`;

const toldFrozen = ({ where, overrunMicroUsd }: Booked): SQL =>
  sql`select ${calls.runId}, 100, 'budget_frozen', ${calls.stepId}, json_object('overrunMicroUsd', ${overrunMicroUsd})
      from ${calls} where ${where} and ${overrunMicroUsd} > 0`;

/**
 * Tells of bookings that no change of their run goes with: who spent what, and which shares of the cap that passes. The
 * run's version moves with it, so that whoever is about to write on what the books were before thinks anew. For a batch,
 * between the caps and the calls.
 */
export const tellBooked = (db: Db, booked: Booked): readonly Statement[] => [
  rawStatement(
    db,
    sql`insert into ${runEvents} (run_id, seq, at_ms, kind, step_id, data)
        select now_is.run_id, (select own.version from runs as own where own.id = now_is.run_id)
            + row_number() over (partition by now_is.run_id order by now_is.place), ${booked.nowMs}, now_is.kind, now_is.step_id, now_is.data
        from (${toldCalls(booked)} union all ${toldWarnings(booked)} union all ${toldFrozen(booked)}) as now_is`,
  ),
  rawStatement(
    db,
    sql`update ${runs} set version = (select max(seq) from ${runEvents} where ${runEvents.runId} = ${runs.id})
        where ${runs.id} in (select ${calls.runId} from ${calls} where ${booked.where})`,
  ),
];
