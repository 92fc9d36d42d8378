import { readFileSync, statSync } from "node:fs";
import type { Env } from "./parse-inputs.ts";
import { type Attempted, done, EXIT, stopWith } from "./stop.ts";

/** GitHub caps payloads at 25 MB; what is longer is none. */
const MAX_BYTES = 26 * 1024 * 1024;

/** An event as its sender wrote it: nothing in `payload` is trusted, and nothing of it is evaluated. */
export interface GithubEvent {
  readonly name: string;
  readonly payload: unknown;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value at a dotted path of own members; undefined where there is none. */
export function at(value: unknown, path: string): unknown {
  return path.split(".").reduce((here: unknown, name) => {
    const isOwn = isRecord(here) && Object.hasOwn(here, name);
    return isOwn ? here[name] : undefined;
  }, value);
}

/** The text at a dotted path; "" where there is none. */
export function textAt(value: unknown, path: string): string {
  const found = at(value, path);
  return typeof found === "string" ? found : "";
}

export const isObjectAt = (value: unknown, path: string): boolean => isRecord(at(value, path));

/** Reads the event that the runner names. Stop: badInput where the file is missing, too long, or no JSON object. */
export function readEvent(env: Env): Attempted<GithubEvent> {
  const name = env.GITHUB_EVENT_NAME ?? "";
  const path = env.GITHUB_EVENT_PATH ?? "";
  if (name === "" || path === "")
    return stopWith(EXIT.badInput, "GITHUB_EVENT_NAME and GITHUB_EVENT_PATH are not set: this runs inside a workflow");
  const unreadable = (says: string) => stopWith(EXIT.badInput, `Cannot read the payload of the event ${name}: ${says}`);
  try {
    if (statSync(path).size > MAX_BYTES) return unreadable(`it is over ${MAX_BYTES} bytes`);
    const payload: unknown = JSON.parse(readFileSync(path, "utf8"));
    return isRecord(payload) ? done({ name, payload }) : unreadable("it is no JSON object");
  } catch (error) {
    return unreadable(error instanceof SyntaxError ? "it is no JSON" : "its file cannot be read");
  }
}
