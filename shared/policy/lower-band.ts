import { PARAMETERS } from "./parameters.ts";
import type { Band } from "./policy.ts";

/** Of two ceilings the lower one: it is what holds where a policy and a request both name a band. */
export const toLowerBand = (a: Band, b: Band): Band =>
  PARAMETERS.bandCeilings[a] <= PARAMETERS.bandCeilings[b] ? a : b;
