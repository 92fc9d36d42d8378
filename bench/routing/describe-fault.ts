import type { Fault } from "../../shared/base/fault.ts";

/** What is wrong with a file of outcomes or with the command line, for a person. */
export function describeFault(fault: Fault): string {
  if (fault.kind === "malformed_data") return `Cannot score ${fault.what}: ${fault.detail}`;
  return "message" in fault ? fault.message : JSON.stringify(fault);
}
