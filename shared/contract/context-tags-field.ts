import * as z from "zod";
import { PARAMETERS } from "../policy/parameters.ts";

const CONTROL = /\p{Cc}/u;
const TAG_MAX_CHARS = 40;

/** Tags in lower case, each once; empty, longer and later ones than are kept are left out. */
const toTags = (words: readonly string[]): readonly string[] => {
  const tags = words.map((word) => word.trim().toLowerCase());
  const fit = tags.filter((tag) => tag !== "" && tag.length <= TAG_MAX_CHARS && !CONTROL.test(tag));
  return [...new Set(fit)].slice(0, PARAMETERS.feedback.tagsMax);
};

/** Context tags as a comma-separated text or as a list. */
export const contextTagsField = z
  .union([z.string().max(2_000), z.array(z.string().max(2_000)).max(100)])
  .transform((context) => toTags(typeof context === "string" ? context.split(",") : context));
