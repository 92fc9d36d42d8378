/** For how long a busy source is left alone that does not say for how long. */
export const UNSTATED_WAIT_MS = 30_000;

/** Statuses after which the same request may succeed: the source is busy or broken for now. */
export const isRetryStatus = (status: number): boolean => status === 408 || status === 429 || status >= 500;
