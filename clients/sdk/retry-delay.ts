const SECOND_MS = 1_000;
const FIRST_DELAY_MS = 1_000;
/** Whoever says "at once" is not pressed all the same. */
export const LEAST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 20_000;
/** Half of the delay is drawn, so that jobs that failed together do not come back together. */
const DRAWN_SHARE = 0.5;

/** `Retry-After` (seconds or a date) in milliseconds from now; null where there is none that can be read. */
export function readRetryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * SECOND_MS;
  // Date.parse also takes bare numbers, which are no dates.
  const dateMs = /^[A-Za-z]{3}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(dateMs) ? null : Math.max(0, dateMs - nowMs);
}

/** How long to wait before try `tries + 1` where the server named no time; `random` in [0, 1). */
export function toBackoffMs(tries: number, random: number): number {
  const whole = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (tries - 1));
  return Math.round(whole * (1 - DRAWN_SHARE + DRAWN_SHARE * random));
}
