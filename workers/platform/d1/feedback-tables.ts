import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** A model that was started on a task, by the word of the client; prices and expected costs of the catalogue of the day. */
export const spawnLog = sqliteTable(
  "spawn_log",
  {
    id: text("id").primaryKey(),
    tenantId: text("tenant_id").notNull(),
    /** The client's own id of the event; null counts every call. */
    clientId: text("client_id"),
    modelId: text("model_id").notNull(),
    category: text("category").notNull(),
    budget: text("budget").notNull(),
    mode: text("mode").notNull(),
    role: text("role").notNull(),
    source: text("source").notNull(),
    /** JSON list. */
    tags: text("tags").notNull(),
    /** Null where the catalogue has no such model. */
    promptMicroUsdPerMillion: integer("prompt_micro_usd_per_million"),
    completionMicroUsdPerMillion: integer("completion_micro_usd_per_million"),
    taskMicroUsd: integer("task_micro_usd"),
    /** What the same task was expected to cost on the model that stats compare with. */
    referenceMicroUsd: integer("reference_micro_usd"),
    createdAtMs: integer("created_at_ms").notNull(),
    createdBy: text("created_by").notNull(),
  },
  (table) => [
    uniqueIndex("spawn_log_client").on(table.tenantId, table.clientId),
    index("spawn_log_newest").on(table.tenantId, table.createdAtMs),
  ],
);

/** A tenant's rating of a model's work; moves that tenant's picks and nobody else's. */
export const feedbackRatings = sqliteTable(
  "feedback_ratings",
  {
    id: text("id").primaryKey(),
    tenantId: text("tenant_id").notNull(),
    clientId: text("client_id"),
    modelId: text("model_id").notNull(),
    category: text("category").notNull(),
    rating: integer("rating").notNull(),
    /** Success in [0,1] that the rating stands for. */
    y: real("y").notNull(),
    /** P that the catalogue gave the model in this category then; null (no such model) teaches nothing. */
    predictedP: real("predicted_p"),
    /** JSON list. */
    tags: text("tags").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    createdBy: text("created_by").notNull(),
  },
  (table) => [
    uniqueIndex("feedback_ratings_client").on(table.tenantId, table.clientId),
    index("feedback_ratings_newest").on(table.tenantId, table.createdAtMs),
  ],
);

/**
 * What one contributor (a tenant) shares about a model in a category: sums that decay with age, as of `updated_at_ms`,
 * and plain counts. One row however much it reports.
 */
export const communityScores = sqliteTable(
  "community_scores",
  {
    tenantId: text("tenant_id").notNull(),
    modelId: text("model_id").notNull(),
    category: text("category").notNull(),
    /** Sums of w, of w y and of w P over the reports, w decayed to `updated_at_ms`. */
    weight: real("weight").notNull(),
    successSum: real("success_sum").notNull(),
    predictedSum: real("predicted_sum").notNull(),
    ratings: integer("ratings").notNull(),
    ratingSum: integer("rating_sum").notNull(),
    /** SHA-256 of the tenant and the instance that reported last; null where the tenant shares by policy. */
    lastInstanceSha256: text("last_instance_sha256"),
    updatedAtMs: integer("updated_at_ms").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.modelId, table.category] }),
    index("community_scores_model").on(table.category, table.modelId),
  ],
);

/** How many reports a tenant has made within an hour of the clock. */
export const communityReports = sqliteTable(
  "community_reports",
  {
    tenantId: text("tenant_id").notNull(),
    windowStartMs: integer("window_start_ms").notNull(),
    count: integer("count").notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.windowStartMs] })],
);
