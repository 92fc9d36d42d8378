import type { Door } from "./door.ts";

/** Reading the benchmark sources anew, and what changed between two catalogues. */
export const REFRESH_DOORS = {} as const satisfies Record<string, Door>;
