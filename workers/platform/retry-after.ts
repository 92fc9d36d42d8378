const SECOND_MS = 1_000;

/** `Retry-After` in milliseconds from now, as seconds or as a date; null where there is none that can be read. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const text = header.trim();
  if (/^\d{1,9}(\.\d{1,6})?$/.test(text)) return Math.ceil(Number(text) * SECOND_MS);
  // What is no date must not become one: the parser also takes "-5" and "1".
  if (!/^[A-Za-z]{3}/.test(text)) return null;
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? null : Math.max(0, dateMs - nowMs);
}
