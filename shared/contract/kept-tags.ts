import * as z from "zod";
import { PARAMETERS } from "../policy/parameters.ts";

const CONTROL = /\p{Cc}/u;
const TAG_MAX_CHARS = 40;

/** The tags that feedback is kept and looked up under: lower case, each once; empty, longer and later ones are left out. */
export const toKeptTags = (words: readonly string[]): readonly string[] => {
  const tags = words.map((word) => word.trim().toLowerCase());
  const fit = tags.filter((tag) => tag !== "" && tag.length <= TAG_MAX_CHARS && !CONTROL.test(tag));
  return [...new Set(fit)].slice(0, PARAMETERS.feedback.tagsMax);
};

/** Context tags as a comma-separated text or as a list. */
export const keptTagsField = z
  .union([z.string().max(2_000), z.array(z.string().max(2_000)).max(100)], {
    error: "expected context tags separated by commas (at most 2,000 characters) or a list of texts",
  })
  .transform((context) => toKeptTags(typeof context === "string" ? context.split(",") : context));
