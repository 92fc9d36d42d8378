/**
 * One event. The list is closed on purpose: there is no field for a prompt, a body, a header or a key, so none can be
 * logged by adding "just one more".
 */
export interface LogEvent {
  readonly level: "info" | "warn" | "error";
  /** snake_case name of what happened. */
  readonly event: string;
  readonly method?: string;
  /** Pattern of the path (`/api/decisions/:id`), not the path. */
  readonly route?: string;
  readonly status?: number;
  readonly durationMs?: number;
  readonly code?: string;
  readonly faultKind?: string;
  readonly what?: string;
  /** Internals of a fault; never the caller's text. */
  readonly detail?: string;
  readonly tenantId?: string;
  readonly keyId?: string;
  readonly decisionId?: string;
  readonly runId?: string;
  readonly stepId?: string;
  readonly version?: string;
  readonly count?: number;
  /** Of a bug: name and stack, without the message, which may quote anything. */
  readonly errorName?: string;
  readonly stack?: string;
}

const SECRETS = [
  /sp_[0-9A-Za-z]{8,}/g,
  /\bsk-[\w-]{8,}/g,
  /\bgh[a-z]_\w{8,}/g,
  /\b(?:github_pat_|whsec_)[\w+/=]{8,}/g,
  /\bbearer\s+\S+/gi,
];
const TEXT_MAX_CHARS = 1_000;

const redact = (text: string): string =>
  SECRETS.reduce((clean, secret) => clean.replace(secret, "[redacted]"), text).slice(0, TEXT_MAX_CHARS);

/** The event as one line of JSON, secrets blotted out. */
export function toLogLine(event: LogEvent): string {
  const fields = Object.entries(event).map(([name, value]) => [
    name,
    typeof value === "string" ? redact(value) : value,
  ]);
  return JSON.stringify(Object.fromEntries(fields));
}

export const log = (event: LogEvent): void => console.log(toLogLine(event));

/** Name and stack frames of a bug; the first lines of a stack repeat the message and are left out. */
export function toErrorFields(thrown: unknown): Pick<LogEvent, "errorName" | "stack"> {
  if (!(thrown instanceof Error)) return { errorName: typeof thrown };
  const frames = (thrown.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return { errorName: thrown.name, stack: frames.slice(0, 6).join(" <") };
}
