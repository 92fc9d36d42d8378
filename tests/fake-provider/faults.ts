import { BROKEN_FAULTS } from "./broken-faults.ts";
import type { Fault } from "./fault.ts";
import { TOLD_FAULTS } from "./told-faults.ts";

/** Every failure class that a provider can cause, in each wire format, streamed or not. */
export const FAULTS: readonly Fault[] = [...TOLD_FAULTS, ...BROKEN_FAULTS];
