import * as z from "zod";
import type { LoggedDiff } from "../../../shared/catalog/diff.ts";
import { GUARDS } from "../../../shared/catalog/guards.ts";
import { DOMAINS, EFFORTS } from "../../../shared/catalog/model.ts";

const nullableNumber = z.number().nullable();
const PRICE_FIELDS = [
  "promptMicroUsdPerMillion",
  "completionMicroUsdPerMillion",
  "cacheReadMicroUsdPerMillion",
  "cacheWriteMicroUsdPerMillion",
] as const;

const sourceReportSchema = z.object({
  source: z.string(),
  state: z.enum(["fresh", "stale", "failed", "off"]),
  release: z.string(),
  models: z.int(),
  scores: z.int(),
  rejected: z.int(),
  /** When the rows were last known to hold; null without any. */
  goodAtMs: z.int().nullable(),
  /** What went wrong, as a kind and in the words of the log; null when nothing did. */
  faultKind: z.string().nullable(),
  faultDetail: z.string().nullable(),
  /** Why it was not asked. */
  off: z.string().nullable(),
});
export type SourceReport = z.output<typeof sourceReportSchema>;

const guardReasonSchema = z.object({
  guard: z.enum(GUARDS),
  about: z.string(),
  before: z.union([z.number(), z.string()]),
  after: z.union([z.number(), z.string()]),
  limit: z.union([z.number(), z.string()]),
});

const loggedDiffSchema = z.object({
  counts: z.object({ added: z.int(), gone: z.int(), priceChanges: z.int(), scoreMoves: z.int() }),
  added: z.array(z.string()),
  gone: z.array(z.string()),
  priceChanges: z.array(
    z.object({ id: z.string(), field: z.enum(PRICE_FIELDS), before: nullableNumber, after: nullableNumber }),
  ),
  scoreMoves: z.array(
    z.object({
      id: z.string(),
      effort: z.enum(EFFORTS),
      domain: z.enum(DOMAINS),
      before: nullableNumber,
      after: nullableNumber,
    }),
  ),
}) satisfies z.ZodType<LoggedDiff>;

/** What a refresh leaves in its heartbeat. */
export const refreshReportSchema = z.object({
  sources: z.array(sourceReportSchema),
  /** The catalogue it made, served or held back; null when it made none. */
  candidate: z.string().nullable(),
  guards: z.array(guardReasonSchema),
  /** New editions that the candidate was made from, as one text: the same text = the same editions. */
  editions: z.string(),
  /** Overrides that had no effect. */
  idleOverrides: z.array(
    z.object({
      id: z.string(),
      reason: z.string(),
      why: z.enum(["expired", "unknown_id"]),
      expires: z.string().nullable(),
    }),
  ),
  /** Scores of earlier days that no source shows any more. */
  carriedCount: z.int(),
  unresolvedCount: z.int(),
  diff: loggedDiffSchema.nullable(),
});
export type RefreshReport = z.output<typeof refreshReportSchema>;

/** What a stored snapshot says of itself; snapshots of before the sources were asked say less. */
export const snapshotReportSchema = z.object({
  origin: z.enum(["embedded", "live"]).default("embedded"),
  /** The version it was made to follow. */
  replaced: z.string().nullable().default(null),
  sources: z.array(z.string()).default([]),
  editions: z.record(z.string(), z.array(z.string())).default({}),
  /** Digest of the rows it was made from, in object storage. */
  rowsSha256: z.string().nullable().default(null),
  rowsBytes: z.int().default(0),
});
export type SnapshotReport = z.output<typeof snapshotReportSchema>;
