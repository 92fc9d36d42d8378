import { and, eq, inArray } from "drizzle-orm";
import { ok, type Result } from "../../../shared/base/result.ts";
import type { Db } from "./open-db.ts";
import { tryQuery } from "./try-query.ts";
import { trackerPulls } from "./webhooks-tables.ts";

export type PullRow = typeof trackerPulls.$inferSelect;

/** A pull request, or the commits of merges; what a revert names. */
export interface PullKey {
  readonly hookId: string;
  /** Lower case. */
  readonly repository: string;
  readonly named: { readonly number: number } | { readonly mergeShas: readonly string[] };
}

/** A revert names one or two; a push that names more takes the first. */
const SHOWN_PULLS = 20;

/** Keeps which decision a merged pull request carried out; told again it changes nothing. Fault: unavailable. */
export async function savePull(db: Db, pull: PullRow): Promise<Result<void>> {
  const saved = await tryQuery("save pull request", () => db.insert(trackerPulls).values(pull).onConflictDoNothing());
  return saved.ok ? ok(undefined) : saved;
}

/** What the named pull requests carried out. Fault: unavailable. */
export const readPulls = (db: Db, { hookId, repository, named }: PullKey): Promise<Result<readonly PullRow[]>> => {
  const isNamed =
    "number" in named
      ? eq(trackerPulls.number, named.number)
      : inArray(trackerPulls.mergeSha, named.mergeShas.slice(0, SHOWN_PULLS));
  const own = and(eq(trackerPulls.hookId, hookId), eq(trackerPulls.repository, repository), isNamed);
  return tryQuery("read pull requests", () => db.select().from(trackerPulls).where(own).limit(SHOWN_PULLS));
};

/** Whether a pull request that carries this decision out was merged. Fault: unavailable. */
export async function hasMergedPull(db: Db, { decisionId }: Pick<PullRow, "decisionId">): Promise<Result<boolean>> {
  const rows = await tryQuery("find merged pull request", () =>
    db
      .select({ number: trackerPulls.number })
      .from(trackerPulls)
      .where(eq(trackerPulls.decisionId, decisionId))
      .limit(1),
  );
  return rows.ok ? ok(rows.value.length > 0) : rows;
}
