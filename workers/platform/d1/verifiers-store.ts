import { and, eq, isNotNull, sql } from "drizzle-orm";
import * as z from "zod";
import { ok, type Result } from "../../../shared/base/result.ts";
import { VERDICT_SOURCES } from "../../../shared/contract/decisions.ts";
import {
  BAD_EVENT_KINDS,
  type MeasuredQuality,
  measureVerifier,
  SILENT_DAYS,
  type VerdictCount,
} from "../../../shared/policy/verifier-quality.ts";
import { attemptEvents } from "./attempt-events-tables.ts";
import type { Db } from "./open-db.ts";
import { parseStored } from "./parse-stored.ts";
import { tryQuery } from "./try-query.ts";
import { verdicts } from "./verdicts-tables.ts";

/** Who gives verdicts in a repository, and what they were worth there. */
export interface MeasuredVerifier extends MeasuredQuality {
  readonly repository: string;
  readonly source: (typeof VERDICT_SOURCES)[number];
}

const DAY_MS = 86_400_000;
/** Newest verdicts that are measured: a verifier of years ago is another one, and a decision waits for this. */
const VERDICT_LIMIT = 5_000;

const groupSchema = z.object({
  repository: z.string(),
  source: z.enum(VERDICT_SOURCES),
  accepted: z.boolean(),
  hasBadEvent: z.int(),
  stands: z.int(),
  isSilenceTold: z.int().nullable(),
  count: z.int(),
});

const ofVerdict = sql`${attemptEvents.tenantId} = ${verdicts.tenantId} and ${attemptEvents.decisionId} = ${verdicts.decisionId} and ${attemptEvents.attempt} = ${verdicts.attempt}`;
const bad = sql.join(
  BAD_EVENT_KINDS.map((kind) => sql`${kind}`),
  sql`, `,
);
const hasBadEvent = sql<number>`exists (select 1 from ${attemptEvents} where ${ofVerdict} and ${attemptEvents.kind} in (${bad}))`;
const stands = sql<number>`exists (select 1 from ${attemptEvents} where ${ofVerdict} and ${attemptEvents.kind} = 'stands')`;
/** From when on somebody told of events in the verdict's repository. */
const heardSince = sql`(select min(${attemptEvents.createdAtMs}) from ${attemptEvents} where ${attemptEvents.tenantId} = ${verdicts.tenantId} and ${attemptEvents.repository} = ${verdicts.repository})`;

interface VerifierQuery {
  readonly tenantId: string;
  /** null = every repository. */
  readonly repository: string | null;
  readonly nowMs: number;
}

function countQuery(db: Db, { tenantId, repository, nowMs }: VerifierQuery) {
  const untilMs = nowMs - SILENT_DAYS * DAY_MS;
  const isSilenceTold = sql<
    number | null
  >`(${verdicts.createdAtMs} <= ${untilMs} and ${heardSince} <= ${verdicts.createdAtMs})`;
  const { source, accepted } = verdicts;
  const named = repository === null ? isNotNull(verdicts.repository) : eq(verdicts.repository, repository);
  const own = and(eq(verdicts.tenantId, tenantId), named, eq(verdicts.isHeld, false));
  const newest = sql`select rowid from ${verdicts} where ${own} order by ${verdicts.createdAtMs} desc limit ${VERDICT_LIMIT}`;
  return db
    .select({
      repository: verdicts.repository,
      source,
      accepted,
      hasBadEvent,
      stands,
      isSilenceTold,
      count: sql<number>`count(*)`,
    })
    .from(verdicts)
    .where(sql`${verdicts}.rowid in (${newest})`)
    .groupBy(verdicts.repository, source, accepted, hasBadEvent, stands, isSilenceTold)
    .orderBy(verdicts.repository, source);
}

/** The tenant's verifiers by repository and source, each measured against what became of its attempts. Faults: unavailable, malformed_data. */
export async function readVerifiers(db: Db, query: VerifierQuery): Promise<Result<readonly MeasuredVerifier[]>> {
  const rows = await tryQuery("read verifiers", () => countQuery(db, query));
  if (!rows.ok) return rows;
  const found = new Map<string, Pick<MeasuredVerifier, "repository" | "source"> & { counts: VerdictCount[] }>();
  for (const row of rows.value) {
    const group = parseStored(groupSchema, "verifier", row);
    if (!group.ok) return group;
    const { repository, source, accepted, count } = group.value;
    const flags = {
      hasBadEvent: group.value.hasBadEvent === 1,
      stands: group.value.stands === 1,
      isSilenceTold: group.value.isSilenceTold === 1,
    };
    const key = `${repository} ${source}`;
    const before = found.get(key) ?? { repository, source, counts: [] };
    found.set(key, { ...before, counts: [...before.counts, { accepted, count, ...flags }] });
  }
  return ok([...found.values()].map(({ counts, ...named }) => ({ ...named, ...measureVerifier(counts) })));
}
