import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** How a tenant lets a sender in: one of each kind. Secrets and credentials are sealed together. */
export const webhookHooks = sqliteTable(
  "webhook_hooks",
  {
    id: text("id").primaryKey(),
    tenantId: text("tenant_id").notNull(),
    kind: text("kind").notNull(),
    settings: text("settings").notNull(),
    sealed: text("sealed").notNull(),
    /** JSON: the last four characters of each secret and of the credential. */
    shown: text("shown").notNull(),
    savedBy: text("saved_by").notNull(),
    savedAtMs: integer("saved_at_ms").notNull(),
    /** Of an app: its installation's token, sealed, and until when it serves. */
    installationToken: text("installation_token"),
    tokenExpiresAtMs: integer("token_expires_at_ms"),
  },
  (table) => [uniqueIndex("webhook_hooks_kind").on(table.tenantId, table.kind)],
);

/** Deliveries that were taken, so that none is taken twice: neither under its id nor, since ids are not signed, by its bytes. */
export const webhookDeliveries = sqliteTable(
  "webhook_deliveries",
  {
    hookId: text("hook_id").notNull(),
    deliveryId: text("delivery_id").notNull(),
    bodySha256: text("body_sha256").notNull(),
    /** Who works on it. */
    token: text("token").notNull(),
    /** False while the request that took it runs; one that died leaves it to the next delivery of the same. */
    isDone: integer("is_done", { mode: "boolean" }).notNull(),
    receivedAtMs: integer("received_at_ms").notNull(),
    /** What is still to be done of it, sealed; null = nothing. It holds an issue's words, and is erased with its end. */
    work: text("work"),
    enqueuedAtMs: integer("enqueued_at_ms"),
    leaseExpiresAtMs: integer("lease_expires_at_ms"),
    attempts: integer("attempts").notNull().default(0),
    /** Class of the fault that ended it; one that failed is taken again when it is delivered again. */
    failure: text("failure"),
  },
  (table) => [
    primaryKey({ columns: [table.hookId, table.deliveryId] }),
    uniqueIndex("webhook_deliveries_body").on(table.hookId, table.bodySha256),
    index("webhook_deliveries_received").on(table.receivedAtMs),
    uniqueIndex("webhook_deliveries_token").on(table.token),
    index("webhook_deliveries_open").on(table.enqueuedAtMs).where(sql`${table.work} is not null`),
  ],
);

/** What was started for one repository on one day (UTC). The database itself refuses what is over. */
export const webhookDays = sqliteTable(
  "webhook_days",
  {
    hookId: text("hook_id").notNull(),
    repository: text("repository").notNull(),
    day: text("day").notNull(),
    runs: integer("runs").notNull(),
    runsCap: integer("runs_cap").notNull(),
    microUsd: integer("micro_usd").notNull(),
    microUsdCap: integer("micro_usd_cap").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.hookId, table.repository, table.day] }),
    index("webhook_days_day").on(table.day),
    check("webhook_days_cap", sql`${table.runs} <= ${table.runsCap} and ${table.microUsd} <= ${table.microUsdCap}`),
  ],
);

/** One run a decision, whatever deliveries ask for it; it stands against the day's cap from here on. */
export const webhookRuns = sqliteTable(
  "webhook_runs",
  {
    decisionId: text("decision_id").primaryKey(),
    hookId: text("hook_id").notNull(),
    /** Of the delivery that reserved it. */
    token: text("token").notNull(),
    askedBy: text("asked_by").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
  },
  (table) => [index("webhook_runs_created").on(table.createdAtMs)],
);

/** What a merged pull request carried out: a revert names it, or the commit of its merge, and nothing else. */
export const trackerPulls = sqliteTable(
  "tracker_pulls",
  {
    hookId: text("hook_id").notNull(),
    /** Lower case. */
    repository: text("repository").notNull(),
    number: integer("number").notNull(),
    decisionId: text("decision_id").notNull(),
    /** Where the decision stood at the merge. */
    attempt: integer("attempt").notNull(),
    /** 40 hex digits; null where GitHub did not say. */
    mergeSha: text("merge_sha"),
    createdAtMs: integer("created_at_ms").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.hookId, table.repository, table.number, table.decisionId] }),
    index("tracker_pulls_sha").on(table.hookId, table.mergeSha),
    index("tracker_pulls_decision").on(table.decisionId),
    index("tracker_pulls_created").on(table.createdAtMs),
  ],
);

/** The name that a repository had when it was last heard of. A name can change hands; GitHub's number cannot. */
export const trackerRepositories = sqliteTable(
  "tracker_repositories",
  {
    hookId: text("hook_id").notNull(),
    repositoryId: integer("repository_id").notNull(),
    /** Lower case; with "~" and the number behind it where another repository took the name since. */
    repository: text("repository").notNull(),
    updatedAtMs: integer("updated_at_ms").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.hookId, table.repositoryId] }),
    uniqueIndex("tracker_repositories_name").on(table.hookId, table.repository),
  ],
);

/** An issue and what is wanted of it at its tracker. The executor makes the tracker match; the queue carries the name alone. */
export const trackerThreads = sqliteTable(
  "tracker_threads",
  {
    id: text("id").primaryKey(),
    tenantId: text("tenant_id").notNull(),
    hookId: text("hook_id").notNull(),
    /** Lower case: GitHub's names are the same in either. */
    repository: text("repository").notNull(),
    number: integer("number").notNull(),
    decisionId: text("decision_id"),
    runId: text("run_id"),
    /** JSON lists; nothing of the issue's own words is in any of these. */
    wantedLabels: text("wanted_labels").notNull().default("[]"),
    appliedLabels: text("applied_labels").notNull().default("[]"),
    /** null = no comment is wanted. */
    wantedComment: text("wanted_comment"),
    commentId: integer("comment_id"),
    wantedVersion: integer("wanted_version").notNull().default(0),
    appliedVersion: integer("applied_version").notNull().default(0),
    /** State of the run as the comment tells it. */
    shownRunState: text("shown_run_state"),
    failure: text("failure"),
    attempts: integer("attempts").notNull().default(0),
    enqueuedAtMs: integer("enqueued_at_ms").notNull(),
    notBeforeMs: integer("not_before_ms").notNull().default(0),
    leaseToken: text("lease_token"),
    leaseExpiresAtMs: integer("lease_expires_at_ms"),
    updatedAtMs: integer("updated_at_ms").notNull(),
  },
  (table) => [
    uniqueIndex("tracker_threads_issue").on(table.hookId, table.repository, table.number),
    index("tracker_threads_run").on(table.runId),
    index("tracker_threads_updated").on(table.updatedAtMs),
  ],
);
