import type { Door } from "./door.ts";

/** What became of picks: logs, ratings, and what they add up to. */
export const FEEDBACK_DOORS = {} as const satisfies Record<string, Door>;
