/** What a run is for. `probe` sends one step through the queue, to see that the consumer answers. */
export const RUN_KINDS = ["probe"] as const;
export type RunKind = (typeof RUN_KINDS)[number];

/** A run is running until no step of it is open; then it is failed if any step failed, else done. */
export const RUN_STATES = ["running", "done", "failed"] as const;
export type RunState = (typeof RUN_STATES)[number];
