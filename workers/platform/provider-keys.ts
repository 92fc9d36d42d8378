import { fail, ok, type Result } from "../../shared/base/result.ts";

/**
 * The deployment's own keys by endpoint, of a JSON object of texts; an empty text is no key. Of what cannot be read nothing is
 * repeated: it may be a key. Fault: malformed_data.
 */
export function parseProviderKeys(text: string): Result<ReadonlyMap<string, string>> {
  const malformed = fail({ kind: "malformed_data", what: "PROVIDER_KEYS", detail: "no JSON object of texts" });
  if (text.trim() === "") return ok(new Map());
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return malformed;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return malformed;
  const all: readonly [string, unknown][] = Object.entries(value);
  const keys = all.filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return keys.length === all.length ? ok(new Map(keys.filter(([, key]) => key !== ""))) : malformed;
}
