import type { Result } from "../../../base/result.ts";

/** What a payload was read as; a fault ends the test with its data. */
export function parsed<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
}

/** "what: detail" of a payload that must be refused as malformed. */
export function refusalOf(result: Result<unknown>): string {
  if (result.ok) throw new Error(`read as ${JSON.stringify(result.value).slice(0, 200)}`);
  if (result.fault.kind !== "malformed_data") throw new Error(`refused as ${result.fault.kind}`);
  return `${result.fault.what}: ${result.fault.detail}`;
}
