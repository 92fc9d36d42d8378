import { and, count, eq, gte, lt, notInArray, type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import { fail, ok, type Result } from "../../../shared/base/result.ts";
import type { FeedbackObservation } from "../../../shared/policy/feedback.ts";
import { PARAMETERS } from "../../../shared/policy/parameters.ts";
import { CATEGORY_LABELS, type Category } from "../../../shared/task/labels.ts";
import { communityReports, communityScores } from "./feedback-tables.ts";
import type { Db } from "./open-db.ts";
import { parseStored } from "./parse-stored.ts";
import { selectRow } from "./select-row.ts";
import { tryQuery } from "./try-query.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** One rating, or one outcome, that a tenant shares with the others. */
export interface SharedRating {
  readonly tenantId: string;
  readonly modelId: string;
  readonly category: Category;
  readonly rating: number;
  readonly y: number;
  readonly predictedP: number;
  readonly instanceSha256: string | null;
  readonly createdAtMs: number;
}

/** 0.5 to the age in half-lives, of a row last touched at `updatedAtMs`; a row dated ahead of now does not grow. */
const decaySince = (nowMs: SQL | number) =>
  sql`pow(0.5, max(0.0, ${nowMs} - ${communityScores.updatedAtMs}) / cast(${PARAMETERS.outcomes.halfLifeDays * DAY_MS} as real))`;

/** The statement that adds a rating to its contributor's sums, old ones decayed first; lands only if `condition` holds. */
export function shareRatingQuery(db: Db, shared: SharedRating, condition: SQL) {
  const { tenantId, modelId, category, rating, y, predictedP, instanceSha256, createdAtMs } = shared;
  const row = {
    ...{ tenantId, modelId, category, weight: 1, successSum: y, predictedSum: predictedP },
    ...{ ratings: 1, ratingSum: rating, lastInstanceSha256: instanceSha256, updatedAtMs: createdAtMs },
  };
  const decay = decaySince(createdAtMs);
  return db
    .insert(communityScores)
    .select(selectRow(communityScores, row, condition))
    .onConflictDoUpdate({
      target: [communityScores.tenantId, communityScores.modelId, communityScores.category],
      set: {
        weight: sql`${communityScores.weight} * ${decay} + 1`,
        successSum: sql`${communityScores.successSum} * ${decay} + ${y}`,
        predictedSum: sql`${communityScores.predictedSum} * ${decay} + ${predictedP}`,
        ratings: sql`${communityScores.ratings} + 1`,
        ratingSum: sql`${communityScores.ratingSum} + ${rating}`,
        lastInstanceSha256: instanceSha256,
        updatedAtMs: sql`max(${communityScores.updatedAtMs}, ${createdAtMs})`,
      },
    });
}

/**
 * Saves a report and counts it against the tenant's hour of the clock, in one transaction. Fault: rate_limited, with the
 * rest of the hour as the wait.
 */
export async function saveCommunityReport(db: Db, shared: SharedRating): Promise<Result<void>> {
  const { tenantId, createdAtMs } = shared;
  const { reportsPerHour } = PARAMETERS.feedback.community;
  const windowStartMs = createdAtMs - (createdAtMs % HOUR_MS);
  const ofHour = and(eq(communityReports.tenantId, tenantId), eq(communityReports.windowStartMs, windowStartMs));
  const taken = sql`coalesce((select ${communityReports.count} from ${communityReports} where ${ofHour}), 0)`;
  const answers = await tryQuery("save community report", () =>
    db.batch([
      shareRatingQuery(db, shared, sql`${taken} < ${reportsPerHour}`),
      db
        .insert(communityReports)
        .values({ tenantId, windowStartMs, count: 1 })
        .onConflictDoUpdate({
          target: [communityReports.tenantId, communityReports.windowStartMs],
          set: { count: sql`${communityReports.count} + 1` },
          setWhere: lt(communityReports.count, reportsPerHour),
        })
        .returning({ count: communityReports.count }),
      db
        .delete(communityReports)
        .where(and(eq(communityReports.tenantId, tenantId), lt(communityReports.windowStartMs, windowStartMs))),
    ]),
  );
  if (!answers.ok) return answers;
  if (answers.value[1].length > 0) return ok(undefined);
  return fail({ kind: "rate_limited", retryAfterS: Math.ceil((windowStartMs + HOUR_MS - createdAtMs) / 1000) });
}

interface CommunityQuery {
  /** Whose reports do not count: the asking tenant's own, which count as its own feedback, and those of nobody. */
  readonly without: readonly string[];
  readonly nowMs: number;
  readonly sinceMs: number;
}

/**
 * What the others share, one row for each model and category: every contributor weighs at most
 * `contributorWeightMax`, however much it reports.
 */
export function communityQuery(db: Db, { without, nowMs, sinceMs }: CommunityQuery) {
  const { contributorWeightMax } = PARAMETERS.feedback.community;
  const capped = sql`min(${contributorWeightMax}, ${communityScores.weight} * ${decaySince(nowMs)})`;
  return db
    .select({
      modelId: communityScores.modelId,
      category: communityScores.category,
      weight: sql<number>`sum(${capped})`,
      success: sql<number>`sum(${capped} * ${communityScores.successSum} / ${communityScores.weight})`,
      predicted: sql<number>`sum(${capped} * ${communityScores.predictedSum} / ${communityScores.weight})`,
      count: sql<number>`sum(${communityScores.ratings})`,
    })
    .from(communityScores)
    .where(and(notInArray(communityScores.tenantId, [...without]), gte(communityScores.updatedAtMs, sinceMs)))
    .groupBy(communityScores.category, communityScores.modelId);
}

const communityRowsSchema = z.array(
  z.object({
    modelId: z.string(),
    category: z.enum(CATEGORY_LABELS),
    weight: z.number().positive(),
    success: z.number(),
    predicted: z.number(),
    count: z.int(),
  }),
);

/** Rows of `communityQuery` as observations. Fault: malformed_data. */
export function toCommunityObservations(values: unknown): Result<readonly FeedbackObservation[]> {
  const rows = parseStored(communityRowsSchema, "community scores", values);
  if (!rows.ok) return rows;
  return ok(
    rows.value.map(({ weight, success, predicted, ...row }) => ({
      ...row,
      origin: "community",
      y: success / weight,
      predictedP: predicted / weight,
      weight,
      tags: [],
    })),
  );
}

/** Plain counts of what is shared about a model in a category. */
export interface CommunityScore {
  readonly modelId: string;
  readonly category: string;
  readonly ratings: number;
  readonly ratingSum: number;
  readonly contributors: number;
}

const SCORES_LIMIT = 2_000;

/** Models with at least `minRatings` shared ratings, most rated first; `without` names tenants whose reports do not show. */
export function readCommunityScores(
  db: Db,
  query: {
    readonly without: readonly string[];
    readonly sinceMs: number;
    readonly category: Category | null;
    readonly minRatings: number;
  },
): Promise<Result<readonly CommunityScore[]>> {
  const ratings = sql<number>`sum(${communityScores.ratings})`;
  const ofCategory = query.category === null ? undefined : eq(communityScores.category, query.category);
  const shown = query.without.length === 0 ? undefined : notInArray(communityScores.tenantId, [...query.without]);
  return tryQuery("read community scores", () =>
    db
      .select({
        modelId: communityScores.modelId,
        category: communityScores.category,
        ratings,
        ratingSum: sql<number>`sum(${communityScores.ratingSum})`,
        contributors: count(),
      })
      .from(communityScores)
      .where(and(ofCategory, shown, gte(communityScores.updatedAtMs, query.sinceMs)))
      .groupBy(communityScores.category, communityScores.modelId)
      .having(sql`${ratings} >= ${query.minRatings}`)
      .orderBy(sql`${ratings} desc`, communityScores.modelId, communityScores.category)
      .limit(SCORES_LIMIT),
  );
}
