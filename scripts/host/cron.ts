/** Whether a five-field cron expression (UTC; stars, steps, lists, ranges with steps) names this minute. */
export function cronMatches(expression: string, at: Date): boolean {
  const fields = expression.trim().split(/\s+/);
  const [minute, hour, day, month, weekday] = fields;
  if (minute === undefined || hour === undefined || day === undefined || month === undefined || weekday === undefined) {
    throw new Error(`cannot read cron expression "${expression}": expected five fields`);
  }
  return (
    fieldMatches(minute, { value: at.getUTCMinutes(), min: 0, max: 59 }) &&
    fieldMatches(hour, { value: at.getUTCHours(), min: 0, max: 23 }) &&
    fieldMatches(day, { value: at.getUTCDate(), min: 1, max: 31 }) &&
    fieldMatches(month, { value: at.getUTCMonth() + 1, min: 1, max: 12 }) &&
    // The platform counts Sunday as 1.
    fieldMatches(weekday, { value: at.getUTCDay() + 1, min: 1, max: 7 })
  );
}

interface FieldValue {
  readonly value: number;
  readonly min: number;
  readonly max: number;
}

function fieldMatches(field: string, { value, min, max }: FieldValue): boolean {
  return field.split(",").some((part) => {
    const match = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (match === null) throw new Error(`cannot read cron field "${field}": expected numbers, ranges, lists or steps`);
    const [, from, to, every] = match;
    const low = from === undefined ? min : Number(from);
    // `5/10` runs from 5 to the end, `5` is 5 alone.
    const high = to !== undefined ? Number(to) : from !== undefined && every === undefined ? low : max;
    return value >= low && value <= high && (value - low) % Number(every ?? 1) === 0;
  });
}

/** Calls `tick` at the start of every minute until the returned function is called. */
export function everyMinute(tick: (minute: Date) => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const next = (Math.floor(Date.now() / 60_000) + 1) * 60_000;
    timer = setTimeout(() => {
      arm();
      tick(new Date(next));
    }, next - Date.now());
  };
  arm();
  return () => clearTimeout(timer);
}
