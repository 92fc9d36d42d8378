import { and, eq, type SQL, sql } from "drizzle-orm";
import { ok, type Result } from "../../../shared/base/result.ts";
import { attemptEvents } from "./attempt-events-tables.ts";
import { decisionLocks } from "./decisions-tables.ts";
import type { Db } from "./open-db.ts";
import { rawStatement } from "./raw-statement.ts";
import { tryQuery } from "./try-query.ts";
import { verdicts } from "./verdicts-tables.ts";
import { trackerPulls, trackerRepositories, trackerThreads } from "./webhooks-tables.ts";

/** A repository under the name that an event gives it. */
export interface NamedRepository {
  readonly hookId: string;
  readonly tenantId: string;
  /** GitHub's own number of it. */
  readonly repositoryId: number;
  /** Lower case. */
  readonly repository: string;
  readonly nowMs: number;
}

/** What goes by a repository's name: its issues and pull requests in the hook, its checks in the tenant. */
const toNamed = ({ hookId, tenantId }: NamedRepository) => [
  { table: trackerThreads, own: eq(trackerThreads.hookId, hookId) },
  { table: trackerPulls, own: eq(trackerPulls.hookId, hookId) },
  { table: verdicts, own: eq(verdicts.tenantId, tenantId) },
  { table: attemptEvents, own: eq(attemptEvents.tenantId, tenantId) },
];

/** Each depends on the rows as they stand inside the transaction: two events of one repository may be at work at once. */
function toStatements(db: Db, named: NamedRepository) {
  const { hookId, repositoryId, repository: name, nowMs } = named;
  const ofHook = eq(trackerRepositories.hookId, hookId);
  const isThis = eq(trackerRepositories.repositoryId, repositoryId);
  const { repository } = trackerRepositories;
  const holder = sql`(select ${trackerRepositories.repositoryId} from ${trackerRepositories} where ${ofHook} and ${repository} = ${name} and not ${isThis})`;
  const before = sql`(select ${repository} from ${trackerRepositories} where ${ofHook} and ${isThis} and ${repository} <> ${name})`;
  // No repository's name can hold the sign.
  const aside = (number: SQL): SQL => sql`${name} || '~' || ${number}`;
  const issues = sql`select ${trackerThreads.decisionId} from ${trackerThreads} where ${trackerThreads.hookId} = ${hookId} and ${trackerThreads.repository} = ${name}`;
  const move = (to: SQL, which: (held: SQL) => SQL) =>
    toNamed(named).map(({ table, own }) =>
      rawStatement(
        db,
        sql`update or ignore ${table} set repository = ${to} where ${own} and ${which(sql`${table.repository}`)}`,
      ),
    );
  return [
    // The task ids of the repository that had the name are the next one's from now on.
    rawStatement(
      db,
      sql`delete from ${decisionLocks} where ${holder} is not null and ${decisionLocks.decisionId} in (${issues})`,
    ),
    ...move(aside(holder), (held) => sql`${held} = ${name} and ${holder} is not null`),
    rawStatement(
      db,
      sql`update ${trackerRepositories} set repository = ${aside(sql`repository_id`)} where ${ofHook} and ${repository} = ${name} and not ${isThis}`,
    ),
    ...move(sql`${name}`, (held) => sql`${held} = ${before}`),
    rawStatement(
      db,
      sql`insert into ${trackerRepositories} (hook_id, repository_id, repository, updated_at_ms) values (${hookId}, ${repositoryId}, ${name}, ${nowMs})
          on conflict (hook_id, repository_id) do update set repository = excluded.repository, updated_at_ms = excluded.updated_at_ms`,
    ),
  ] as const;
}

/**
 * Holds what goes by a repository's name to the repository: one that was renamed or transferred takes it along, and one
 * that took the name of another begins with nothing. The same name again changes nothing. Fault: unavailable.
 */
export async function nameRepository(db: Db, named: NamedRepository): Promise<Result<void>> {
  const { hookId, repositoryId, repository } = named;
  const known = await tryQuery("read repository", () =>
    db
      .select({ repository: trackerRepositories.repository })
      .from(trackerRepositories)
      .where(and(eq(trackerRepositories.hookId, hookId), eq(trackerRepositories.repositoryId, repositoryId)))
      .limit(1),
  );
  if (!known.ok) return known;
  if (known.value[0]?.repository === repository) return ok(undefined);
  const moved = await tryQuery("name repository", () => db.batch(toStatements(db, named)));
  return moved.ok ? ok(undefined) : moved;
}
