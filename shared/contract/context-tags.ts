import * as z from "zod";

const TAGS_MAX = 100;
const LIST_MAX_CHARS = 4_000;

/** Words of a list that came as one comma-separated text or as a list: trimmed, none empty. */
export const toWords = (list: string | readonly string[]): readonly string[] =>
  (typeof list === "string" ? list.split(",") : list).map((word) => word.trim()).filter((word) => word !== "");

/** A list as a comma-separated text or as a list of texts. */
export const listField = z.union([z.string().max(LIST_MAX_CHARS), z.array(z.string().max(LIST_MAX_CHARS)).max(200)], {
  error: `expected words separated by commas (at most ${LIST_MAX_CHARS} characters) or a list of texts`,
});

/**
 * Context tags such as `typescript,vision`: in lower case, each once. Any word is one: clients hand on what people and
 * models write there, and the answer names those that no table knows.
 */
export const contextTagsField = listField
  .transform((list) => [...new Set(toWords(list).map((tag) => tag.toLowerCase()))])
  .refine((tags) => tags.length <= TAGS_MAX, { error: `expected at most ${TAGS_MAX} context tags` });
