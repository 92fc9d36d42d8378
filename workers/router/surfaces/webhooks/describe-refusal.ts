import type { Fault } from "../../../../shared/base/fault.ts";

/** Why a run was refused, as the end of a sentence for a person to read. */
export const describeRefusal = (faultKind: Fault["kind"]): string =>
  faultKind === "no_candidates"
    ? "no model is left that can be called (is a provider's key missing?)"
    : `it was refused (${faultKind})`;
