import * as z from "zod";
import { BANDS, RUN_MODES } from "../policy/policy.ts";
import { CATEGORY_LABELS } from "../task/labels.ts";
import { queryNumber } from "./fields.ts";
import { keptTagsField } from "./kept-tags.ts";
import { toModelId } from "./model-id.ts";
import { withoutEmpty } from "./without-empty.ts";

/**
 * Bodies and answers of the feedback doors, field for field those of smart-spawn. Unknown fields are let pass, as there;
 * what is stored is a closed list, a bounded word or a number.
 */

/** A catalogue id, also behind `openrouter/`, which is cut off. */
const modelField = z
  .string()
  .max(200)
  .regex(/^(openrouter\/(?=[^/]+\/))?~?[A-Za-z0-9._:-]+(\/[A-Za-z0-9._:-]+)?$/, {
    error: "expected a model id such as vendor/model",
  })
  .transform(toModelId);

const categoryField = z.enum(CATEGORY_LABELS);
const ratingField = z.int().min(1).max(5);
const wordField = z
  .string()
  .max(60)
  .regex(/^[A-Za-z0-9._-]+$/, { error: "expected a short word of letters, digits, dots, dashes and underscores" });

/** A client's own id of one event: the same id again is answered as before and counts once. */
const eventIdField = z
  .string()
  .max(100)
  .regex(/^[\x21-\x7e]+$/, { error: "expected 1 to 100 visible ASCII characters without spaces" });

const about = { model: modelField, category: categoryField };

export const spawnLogRequestSchema = z.object({
  ...about,
  budget: z.enum(BANDS).nullish(),
  mode: z.enum(RUN_MODES).nullish(),
  /** What the spawn was for, such as `primary`, `cascade_cheap`, `cascade_premium`. */
  role: wordField.nullish(),
  source: wordField.nullish(),
  context: keptTagsField.nullish(),
  id: eventIdField.nullish(),
});

export const spawnOutcomeRequestSchema = z.object({
  ...about,
  rating: ratingField,
  context: keptTagsField.nullish(),
  id: eventIdField.nullish(),
});

export const communityReportSchema = z.object({
  ...about,
  rating: ratingField,
  instanceId: z.string().min(1).max(200),
});

const countField = queryNumber.pipe(z.int().min(1).max(1_000_000));

export const spawnScoresQuerySchema = z.preprocess(
  withoutEmpty,
  z.strictObject({ category: categoryField.optional(), minSamples: countField.optional() }),
);
export const spawnStatsQuerySchema = z.preprocess(
  withoutEmpty,
  z.strictObject({ days: queryNumber.pipe(z.int().min(1).max(365)).optional() }),
);
export const communityScoresQuerySchema = z.preprocess(
  withoutEmpty,
  z.strictObject({ category: categoryField.optional(), minRatings: countField.optional() }),
);

export const loggedSchema = z.object({ logged: z.literal(true) });
export const ratedSchema = z.object({
  recorded: z.literal(true),
  model: z.string(),
  category: categoryField,
  rating: z.int(),
});
export const reportedSchema = z.object({ recorded: z.literal(true) });

/** `successRate`: mean success of ratings and outcomes, newer ones weighing more; `total`: how many there are. */
export const spawnScoreSchema = z.object({
  model: z.string(),
  category: categoryField,
  successRate: z.number(),
  total: z.int(),
});

/** `contributors`: tenants, however many instances each of them runs. */
export const communityScoreSchema = z.object({
  model: z.string(),
  category: categoryField,
  totalRatings: z.int(),
  avgRating: z.number(),
  contributors: z.int(),
});

const counts = z.record(z.string(), z.int());

/** Costs are USD: the expected cost of a medium task by the catalogue of the day, summed over the spawns that have one. */
export const spawnStatsSchema = z.object({
  totalSpawns: z.int(),
  byModel: counts,
  byCategory: counts,
  byMode: counts,
  totalEstimatedCost: z.number(),
  opusCostEstimate: z.number(),
  savings: z.number(),
  since: z.string(),
  daily: z.array(z.object({ date: z.string(), spawns: z.int(), estimatedCost: z.number() })),
  cascade: z.object({
    total: z.int(),
    cheapOnly: z.int(),
    withPremium: z.int(),
    escalationRate: z.number(),
    avgSavingsPerCascade: z.number(),
  }),
  categoryAvgCost: z.record(z.string(), z.number()),
  topModels: z.array(z.object({ model: z.string(), count: z.int(), avgCost: z.number().nullable() })),
  /** Spawns of models without a price, or logged while the catalogue had no Opus to compare with: in no cost above. */
  unpricedSpawns: z.int(),
});
export type SpawnStatsBody = z.output<typeof spawnStatsSchema>;
