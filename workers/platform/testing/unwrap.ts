import type { Fault } from "../../../shared/base/fault.ts";
import type { Result } from "../../../shared/base/result.ts";

/** The value of a result that must be there; a fault fails the test with its content. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`unexpected fault: ${JSON.stringify(result.fault)}`);
}

/** The fault of a result that must have one. */
export function faultOf(result: Result<unknown>): Fault {
  if (!result.ok) return result.fault;
  throw new Error(`unexpected success: ${JSON.stringify(result.value)}`);
}
