import * as z from "zod";
import { ok, type Result } from "../../../shared/base/result.ts";
import { parseStoredJson } from "./parse-stored.ts";

const tagsSchema = z.array(z.string());

/** Context tags in a column, a JSON list. Most rows have none, which needs no parsing. Fault: malformed_data. */
export const toStoredTags = (text: string): Result<readonly string[]> =>
  text === "[]" ? ok([]) : parseStoredJson(tagsSchema, "tags", text);
