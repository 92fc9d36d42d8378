import * as z from "zod";

const TAGS_MAX = 100;
const TAG_MAX_CHARS = 40;
const LIST_MAX_CHARS = 4_000;

/** Words of a list that came as one comma-separated text or as a list: trimmed, none empty. */
export const toWords = (list: string | readonly string[]): readonly string[] =>
  (typeof list === "string" ? list.split(",") : list).map((word) => word.trim()).filter((word) => word !== "");

/** A list as a comma-separated text or as a list of texts. */
export const listField = z.union([z.string().max(LIST_MAX_CHARS), z.array(z.string().max(LIST_MAX_CHARS)).max(200)]);

/** Context tags such as `typescript,vision`: in lower case, each once. */
export const contextTagsField = listField
  .transform((list) => [...new Set(toWords(list).map((tag) => tag.toLowerCase()))])
  .refine((tags) => tags.length <= TAGS_MAX, { error: `expected at most ${TAGS_MAX} context tags` })
  .refine((tags) => tags.every((tag) => tag.length <= TAG_MAX_CHARS && !/\p{Cc}/u.test(tag)), {
    error: `expected context tags of at most ${TAG_MAX_CHARS} visible characters, separated by commas`,
  });
