/** First wait, doubled for each further one; half of it is chance, so that callers do not come back together. */
const BASE_MS = 1_000;
/** A longer wait is not waited out: the source is asked again at the next refresh. */
export const MAX_WAIT_MS = 30_000;

/** Statuses after which the same request may succeed: the source is busy or broken for now. */
export const isRetryStatus = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/** `Retry-After` in milliseconds from now, as seconds or as a date; null where there is none that can be read. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? null : Math.max(0, dateMs - nowMs);
}

/** Wait before the attempt after number `attempt` (from 0), where the source did not say; `chance` in 0..1. */
export function backoffMs(attempt: number, chance: number): number {
  const full = BASE_MS * 2 ** attempt;
  return Math.round(full / 2 + (full / 2) * chance);
}
