import { ok, type Result } from "../../base/result.ts";
import { malformedSource, type SourceOrigin } from "./source.ts";

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Members of an object; of anything else, none. */
export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

export const textOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

export const finiteOf = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;

/** A whole number above 0; null for anything else. */
export const countOf = (value: unknown): number | null =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : null;

/** The day of an ISO date or time; null where it is none. */
export const dayOf = (value: unknown): string | null =>
  typeof value === "string" && /^\d{4}-\d\d-\d\d/.test(value) ? value.slice(0, 10) : null;

/** Payload text -> JSON value. Fault: malformed_data that says what the text is instead, as far as its start tells. */
export function readJson(payload: string, origin: SourceOrigin): Result<unknown> {
  const text = payload.replace(/^\uFEFF/, "");
  try {
    const value: unknown = JSON.parse(text);
    return ok(value);
  } catch {
    return malformedSource(origin, `$: ${describeText(text)} instead of JSON`);
  }
}

/** What a text that is not the format it should be looks like. */
function describeText(text: string): string {
  if (text.trim() === "") return "an empty text";
  if (/^\s*</.test(text)) return "an HTML or XML page";
  return /^\s*[[{"]/.test(text) ? "a text that breaks off or is broken" : "some other text";
}
