import * as z from "zod";
import { EFFORTS, PRICE_TIERS } from "../catalog/model.ts";
import { BANDS, type Need } from "../policy/policy.ts";
import { CATEGORY_LABELS } from "../task/labels.ts";
import { contextTagsField, listField, toWords } from "./context-tags.ts";
import { bandField, queryNumber, taskField } from "./fields.ts";
import { toModelId } from "./model-id.ts";
import { modelSchema } from "./models.ts";
import { withoutEmpty } from "./without-empty.ts";

/** Longest task in a query string; a longer one goes by POST (256 KiB). */
const QUERY_TASK_MAX_CHARS = 16_000;
const EXCLUDE_MAX = 50;
const COUNT_MAX = 5;
const CONTEXT_MAX_TOKENS = 100_000_000;

/** Capabilities by the words of smart-spawn's `require`, and ours. */
const REQUIREMENTS = ["vision", "functionCalling", "tools", "json", "reasoning"] as const;
const NEED_OF: Readonly<Record<(typeof REQUIREMENTS)[number], Need>> = {
  vision: "vision",
  functionCalling: "tools",
  tools: "tools",
  json: "json",
  reasoning: "reasoning",
};

const categoryField = z.enum(CATEGORY_LABELS);
const MODEL_ID = /^~?[A-Za-z0-9._-]+\/[A-Za-z0-9._:-]+$/;

const idsField = (max: number) =>
  listField
    .transform((list) => [...new Set(toWords(list).map(toModelId))])
    .refine((ids) => ids.every((id) => id.length <= 200 && MODEL_ID.test(id)), {
      error: "expected model ids such as vendor/model, separated by commas",
    })
    .refine((ids) => ids.length <= max, { error: `expected at most ${max} different model ids` });

const isRequirement = (word: string): word is (typeof REQUIREMENTS)[number] =>
  REQUIREMENTS.some((known) => known === word);
const requireField = listField
  .transform(toWords)
  .refine((words) => words.every(isRequirement), { error: `expected words of ${REQUIREMENTS.join(", ")}` })
  .transform((words) => words.filter(isRequirement));
/** Clamped, as the field does it: a client that asks for six gets five. The answer's meta says how many were asked for. */
const count = z.int().transform((asked) => Math.min(COUNT_MAX, Math.max(1, asked)));
const minContext = z.int().min(0).max(CONTEXT_MAX_TOKENS);

const asked = {
  budget: bandField.optional(),
  exclude: idsField(EXCLUDE_MAX).optional(),
  context: contextTagsField.optional(),
  category: categoryField.optional(),
};
const filters = { require: requireField.optional() };

const hasSubject = (body: { readonly task?: unknown; readonly category?: unknown }): boolean =>
  body.task !== undefined || body.category !== undefined;
const noSubject = {
  error: `expected task (a text, or one of ${CATEGORY_LABELS.join(", ")}) or category`,
  path: ["task"],
};

const queryTask = taskField.refine((text) => text.length <= QUERY_TASK_MAX_CHARS, {
  error: `expected at most ${QUERY_TASK_MAX_CHARS} characters in a query, POST takes more`,
});
const queryBody = {
  ...asked,
  ...filters,
  task: queryTask.optional(),
  minContext: queryNumber.pipe(minContext).optional(),
};
const jsonBody = { ...asked, ...filters, task: taskField.optional(), minContext: minContext.optional() };

/** GET /api/pick */
export const pickQuerySchema = z.preprocess(withoutEmpty, z.strictObject(queryBody).refine(hasSubject, noSubject));
/** POST /api/pick: the same with lists as lists or texts, and a task of any length. */
export const pickRequestSchema = z.strictObject(jsonBody).refine(hasSubject, noSubject);
export type PickRequest = z.output<typeof pickRequestSchema>;

/** GET /api/recommend */
export const recommendQuerySchema = z.preprocess(
  withoutEmpty,
  z.strictObject({ ...queryBody, count: queryNumber.pipe(count).optional() }).refine(hasSubject, noSubject),
);
/** POST /api/recommend */
export const recommendRequestSchema = z
  .strictObject({ ...jsonBody, count: count.optional() })
  .refine(hasSubject, noSubject);
export type RecommendRequest = z.output<typeof recommendRequestSchema>;

/** The needs that `require` names. */
export const toNeeds = (words: RecommendRequest["require"]): readonly Need[] =>
  (words ?? []).map((word) => NEED_OF[word]);

/** GET /api/compare: 2 to 5 different ids. */
export const compareQuerySchema = z.strictObject({
  models: idsField(COUNT_MAX).refine((ids) => ids.length >= 2, {
    error: `expected 2 to ${COUNT_MAX} different model ids, separated by commas`,
  }),
});

export const MODEL_SORTS = ["score", "cost", "efficiency", ...CATEGORY_LABELS] as const;

/** GET /api/models */
export const modelsQuerySchema = z.preprocess(
  withoutEmpty,
  z.strictObject({
    category: categoryField.optional(),
    tier: z.enum(PRICE_TIERS).optional(),
    sort: z.enum(MODEL_SORTS).optional(),
    limit: queryNumber.pipe(z.int().min(1).max(500)).optional(),
    /** `all` lists free, batch, floating, variant and router entries too. */
    kind: z.enum(["model", "all"]).optional(),
  }),
);
export type ModelsQuery = z.output<typeof modelsQuerySchema>;

const confidence = z.number().min(0).max(1);

const shown = {
  score: z.number(),
  benchmarkScore: z.number(),
  /** Mean success of the own feedback, 0..1; null without any. */
  personalScore: z.number().nullable(),
  /** P(success). */
  confidence,
  effort: z.enum(EFFORTS),
  flags: z.array(z.string()),
};

/** The answer of pick: smart-spawn's fields, and `effort`, `category`, `confidence`, `flags`. */
export const pickedSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    provider: z.string(),
    ...shown,
    /** Only with context: what the tags added to the score, and the tags. */
    contextBoost: z.number().optional(),
    contextTags: z.array(z.string()).optional(),
    pricing: z.object({ prompt: z.number(), completion: z.number() }),
    budget: z.enum(BANDS),
    tier: z.object({ min: z.number(), max: z.number().nullable() }),
    candidateCount: z.int(),
    reason: z.string(),
    category: categoryField,
  })
  .meta({ id: "Picked" });
export type PickedBody = z.output<typeof pickedSchema>;

export const recommendedSchema = z
  .object({ model: modelSchema, reason: z.string(), ...shown })
  .meta({ id: "Recommended" });
export type RecommendedBody = z.output<typeof recommendedSchema>;

export const comparedSchema = z.object({ models: z.array(modelSchema), missing: z.array(z.string()) });
