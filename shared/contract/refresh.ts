import * as z from "zod";
import type { CatalogDiff } from "../catalog/diff.ts";
import { DOMAINS, EFFORTS } from "../catalog/model.ts";
import { toUsd } from "./fields.ts";

const versionField = z
  .string()
  .regex(/^[0-9A-Za-z._-]{1,64}$/, { error: "expected a catalogue version such as 7c1f0a9b2d3e" });

/** POST /api/refresh. `accept_held` serves the catalogue that a guard held back, as it was held. */
export const refreshRequestSchema = z.strictObject({
  accept_held: z.literal(true).optional(),
  /** With `accept_held`: only this version. */
  version: versionField.optional(),
});

export const refreshAnswerSchema = z
  .union([
    z.object({ started: z.literal(true), estimatedSeconds: z.int() }),
    z.object({ started: z.literal(false), message: z.string(), accepted: z.string().optional() }),
  ])
  .meta({ id: "RefreshStarted" });

/** GET /api/catalog/diff?from=&to= */
export const catalogDiffQuerySchema = z.strictObject({ from: versionField.optional(), to: versionField.optional() });

const snapshotSchema = z.object({ version: z.string(), generated_at: z.string() });
const PRICES = {
  promptMicroUsdPerMillion: "prompt",
  completionMicroUsdPerMillion: "completion",
  cacheReadMicroUsdPerMillion: "cache_read",
  cacheWriteMicroUsdPerMillion: "cache_write",
} as const;

export const catalogDiffSchema = z
  .object({
    from: snapshotSchema,
    to: snapshotSchema,
    new: z.array(z.string()),
    gone: z.array(z.string()),
    /** USD per 1M tokens; null = not stated. */
    price_changes: z.array(
      z.object({
        id: z.string(),
        price: z.enum(["prompt", "completion", "cache_read", "cache_write"]),
        before: z.number().nullable(),
        after: z.number().nullable(),
      }),
    ),
    /** 0..100; null = no ability. Moves of at least a point, the largest first. */
    score_moves: z.array(
      z.object({
        id: z.string(),
        effort: z.enum(EFFORTS),
        domain: z.enum(DOMAINS),
        before: z.number().nullable(),
        after: z.number().nullable(),
      }),
    ),
  })
  .meta({ id: "CatalogDiff" });

const usd = (microUsd: number | null): number | null => (microUsd === null ? null : toUsd(microUsd));

/** A diff as it is shown. */
export const toDiffBody = (
  diff: CatalogDiff,
): Pick<z.output<typeof catalogDiffSchema>, "new" | "gone" | "price_changes" | "score_moves"> => ({
  new: [...diff.added],
  gone: [...diff.gone],
  price_changes: diff.priceChanges.map(({ id, field, before, after }) => ({
    id,
    price: PRICES[field],
    before: usd(before),
    after: usd(after),
  })),
  score_moves: [...diff.scoreMoves],
});
