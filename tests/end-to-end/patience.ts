/**
 * How long a test waits for what has to come, in ms. A bound against hanging and never a measure: about twenty times what
 * it takes on two idle cores, so that a slow or busy machine does not fail. Below the time of one test.
 */
export const PATIENCE = { timeout: 100_000, interval: 100 } as const;

/** Limit of a hook or a test that starts hosts: one was seen to take more than 90 s where twenty wanted the two cores. */
export const START_MS = 300_000;
