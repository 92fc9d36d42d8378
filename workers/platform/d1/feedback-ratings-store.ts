import { and, desc, eq, gte, inArray, isNotNull, lt, sql } from "drizzle-orm";
import * as z from "zod";
import { fail, ok, type Result } from "../../../shared/base/result.ts";
import { CATEGORY_LABELS, type Category } from "../../../shared/task/labels.ts";
import { shareRatingQuery } from "./feedback-community-store.ts";
import { feedbackRatings } from "./feedback-tables.ts";
import type { Db } from "./open-db.ts";
import { parseStored } from "./parse-stored.ts";
import { selectRow } from "./select-row.ts";
import { toStoredTags } from "./stored-tags.ts";
import { tryQuery } from "./try-query.ts";

/** One rating as it is saved. */
export interface NewRating {
  readonly id: string;
  readonly tenantId: string;
  readonly clientId: string | null;
  readonly modelId: string;
  readonly category: Category;
  readonly rating: number;
  readonly y: number;
  readonly predictedP: number | null;
  readonly tags: readonly string[];
  readonly createdAtMs: number;
  readonly createdBy: string;
}

/** Rows past the window that one write takes away, so that no table grows for ever and no write is slow. */
const PRUNE_LIMIT = 20;

/**
 * Saves a rating, shares it where the tenant does so by policy, and takes away a few rows older than `keepSinceMs`. The
 * same client id with the same content counts once. Fault: conflict when the client id stands for another rating.
 */
export async function saveRating(
  db: Db,
  input: { readonly rating: NewRating; readonly isShared: boolean; readonly keepSinceMs: number },
): Promise<Result<void>> {
  const { rating, isShared, keepSinceMs } = input;
  const { tenantId, clientId, predictedP } = rating;
  const tags = JSON.stringify(rating.tags);
  const landed = sql`exists (select 1 from ${feedbackRatings} where ${feedbackRatings.id} = ${rating.id})`;
  const shares = isShared && predictedP !== null ? landed : sql`false`;
  const shared = { ...rating, predictedP: predictedP ?? 0, instanceSha256: null };
  const old = db
    .select({ id: feedbackRatings.id })
    .from(feedbackRatings)
    .where(and(eq(feedbackRatings.tenantId, tenantId), lt(feedbackRatings.createdAtMs, keepSinceMs)))
    .limit(PRUNE_LIMIT);
  const answers = await tryQuery("save rating", () =>
    db.batch([
      db
        .insert(feedbackRatings)
        .select(selectRow(feedbackRatings, { ...rating, tags }, sql`true`))
        .onConflictDoNothing(),
      shareRatingQuery(db, shared, shares),
      db.delete(feedbackRatings).where(inArray(feedbackRatings.id, old)),
      db
        .select()
        .from(feedbackRatings)
        .where(and(eq(feedbackRatings.tenantId, tenantId), eq(feedbackRatings.clientId, clientId ?? ""))),
    ]),
  );
  if (!answers.ok || clientId === null) return answers.ok ? ok(undefined) : answers;
  const [stored] = answers.value[3];
  const isSame =
    stored?.modelId === rating.modelId &&
    stored.category === rating.category &&
    stored.rating === rating.rating &&
    stored.tags === tags;
  if (isSame) return ok(undefined);
  const message = `Cannot record this rating: the id ${JSON.stringify(clientId)} stands for another one`;
  return fail({ kind: "conflict", message });
}

/** A rating that teaches. */
export interface RatingRow {
  readonly modelId: string;
  readonly category: Category;
  readonly y: number;
  readonly predictedP: number;
  readonly tags: readonly string[];
  readonly createdAtMs: number;
}

/** Newest ratings read for one ranking; with a half-life of weeks the older ones weigh next to nothing. */
const RATINGS_LIMIT = 2_000;

/** The query of a tenant's ratings since `sinceMs`, newest first, for a batch; `toRatingRows` reads its rows. */
export const ratingsQuery = (db: Db, { tenantId, sinceMs }: { readonly tenantId: string; readonly sinceMs: number }) =>
  db
    .select({
      modelId: feedbackRatings.modelId,
      category: feedbackRatings.category,
      y: feedbackRatings.y,
      predictedP: feedbackRatings.predictedP,
      tags: feedbackRatings.tags,
      createdAtMs: feedbackRatings.createdAtMs,
    })
    .from(feedbackRatings)
    .where(
      and(
        eq(feedbackRatings.tenantId, tenantId),
        gte(feedbackRatings.createdAtMs, sinceMs),
        isNotNull(feedbackRatings.predictedP),
      ),
    )
    .orderBy(desc(feedbackRatings.createdAtMs), feedbackRatings.id)
    .limit(RATINGS_LIMIT);

const ratingSchema = z.object({
  modelId: z.string(),
  category: z.enum(CATEGORY_LABELS),
  y: z.number().min(0).max(1),
  predictedP: z.number(),
  tags: z.string(),
  createdAtMs: z.number(),
});

/** Rows of `ratingsQuery`. Fault: malformed_data. */
export function toRatingRows(values: readonly unknown[]): Result<readonly RatingRow[]> {
  const rows: RatingRow[] = [];
  for (const value of values) {
    const row = parseStored(ratingSchema, "rating", value);
    if (!row.ok) return row;
    const tags = toStoredTags(row.value.tags);
    if (!tags.ok) return tags;
    rows.push({ ...row.value, tags: tags.value });
  }
  return ok(rows);
}
