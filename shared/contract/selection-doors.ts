import type { Door } from "./door.ts";

/** Choosing by score: pick, recommend, compare, in the field's common shapes. */
export const SELECTION_DOORS = {} as const satisfies Record<string, Door>;
