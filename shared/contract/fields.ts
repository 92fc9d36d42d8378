import * as z from "zod";
import { BANDS, DRIVERS, NEEDS, PRESETS, RUN_MODES } from "../policy/policy.ts";
import { toModelId } from "./model-id.ts";

/** Scalars that several doors share. Limits are generous for people and tight enough that no list can flood a query. */

const HAS_TEXT = /[^\s\p{Cc}\p{Cf}]/u;

/** A task: any text with at least one visible character; its length is bounded by the body cap (256 KiB). */
export const taskField = z
  .string()
  .refine((text) => HAS_TEXT.test(text), { error: "expected a text with at least one visible character" });

export const taskIdField = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x21-\x7e]+$/, { error: "expected 1 to 200 visible ASCII characters without spaces" });

/** `vendor/model` with an optional `:suffix`, or `vendor/*`. */
export const modelPatternField = z
  .string()
  .max(200)
  .regex(/^~?[A-Za-z0-9._-]+\/(\*|[A-Za-z0-9._:-]+)$/, {
    error: "expected a model id such as vendor/model or vendor/*",
  });

/** One model's catalogue id, also behind `openrouter/`, which is cut off. */
export const modelIdField = z
  .string()
  .max(200)
  .regex(/^(openrouter\/)?~?[A-Za-z0-9._:-]+\/[A-Za-z0-9._:-]+$/, { error: "expected a model id such as vendor/model" })
  .transform(toModelId);

export const providerField = z
  .string()
  .max(60)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, { error: "expected a provider name such as openrouter" });

/** Owners have at most 39 characters; those that a company manages have an underscore before its short name. */
const OWNER = "[A-Za-z0-9][A-Za-z0-9_-]{0,38}";
/** Some 100 characters, and no step of a path; without a lookahead, which not every reader of JSON schemas takes. */
const NAME = "\\.{0,2}[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}";
export const REPOSITORY_PATTERN = new RegExp(`^${OWNER}/${NAME}$`);
/** Also `owner/*`, all of an owner's. */
export const REPOSITORIES_PATTERN = new RegExp(`^${OWNER}/(\\*|${NAME})$`);

/** A repository as GitHub names it; its names are ASCII and mean the same in either case. */
export const repositoryField = z
  .string()
  .regex(REPOSITORY_PATTERN, { error: "expected owner/name" })
  .transform((name) => name.toLowerCase());

export const bandField = z.enum(BANDS);
export const presetField = z.enum(PRESETS);
export const modeField = z.enum(RUN_MODES);
export const driverField = z.enum(DRIVERS);
export const needField = z.enum(NEEDS);

/** USD amounts at the door; at most 1,000,000 so that micro-dollars stay exact integers. */
export const usdField = z
  .number()
  .min(0)
  .max(1_000_000)
  .refine((usd) => usd === 0 || usd >= 1e-6, { error: "expected 0 or at least 0.000001 (a micro-dollar)" });

/** A number written in a query string: plain decimal digits, nothing that only looks like a number. */
export const queryNumber = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,12})?$/, { error: "expected a number such as 20 or 0.5" })
  .transform(Number);

export const toMicroUsd = (usd: number): number => Math.round(usd * 1_000_000);
export const toUsd = (microUsd: number): number => microUsd / 1_000_000;
