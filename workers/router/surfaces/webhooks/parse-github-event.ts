import * as z from "zod";
import { fail, ok, type Result } from "../../../../shared/base/result.ts";
import {
  GITHUB_EVENTS,
  type GithubEventName,
  type IssueCommentEvent,
  type IssuesEvent,
  issueCommentEventSchema,
  issuesEventSchema,
  type PullRequestEvent,
  type PushEvent,
  pingEventSchema,
  pullRequestEventSchema,
  pushEventSchema,
} from "../../../../shared/contract/github-events.ts";
import { parseStoredJson } from "../../../platform/d1/parse-stored.ts";
import { parseJsonBytes } from "../../../platform/read-json-body.ts";

export type GithubEvent =
  | { readonly name: "ping" }
  | { readonly name: "issues"; readonly payload: IssuesEvent }
  | { readonly name: "issue_comment"; readonly payload: IssueCommentEvent }
  | { readonly name: "pull_request"; readonly payload: PullRequestEvent }
  | { readonly name: "push"; readonly payload: PushEvent };

const isListed = (name: string): name is GithubEventName => GITHUB_EVENTS.some((listed) => listed === name);

/** The name of the event is in a header that nobody signs, so it has to agree with what the signed body is about. */
function isAbout(name: GithubEventName, payload: object): boolean {
  if ("comment" in payload) return name === "issue_comment";
  if ("issue" in payload) return name === "issues";
  if ("pull_request" in payload) return name === "pull_request";
  if ("commits" in payload) return name === "push";
  return name === "ping";
}

const refuse = (): Result<never> =>
  fail({
    kind: "invalid_body",
    message: "Cannot read the delivery: its body is not that of the event its header names",
  });

function parse<T>(schema: z.ZodType<T>, payload: unknown, make: (value: T) => GithubEvent): Result<GithubEvent> {
  const parsed = schema.safeParse(payload);
  return parsed.success ? ok(make(parsed.data)) : refuse();
}

/** A delivery whose signature is right. null = an event that is not read here. Fault: invalid_body. */
export function parseGithubEvent(bytes: Uint8Array, name: string): Result<GithubEvent | null> {
  if (!isListed(name)) return ok(null);
  const payload = parseJsonBytes(bytes);
  return payload.ok ? toGithubEvent(name, payload.value) : payload;
}

/** The same of a body that was read. */
function toGithubEvent(name: GithubEventName, value: unknown): Result<GithubEvent> {
  if (typeof value !== "object" || value === null || !isAbout(name, value)) return refuse();
  switch (name) {
    case "ping":
      return parse(pingEventSchema, value, () => ({ name }));
    case "issues":
      return parse(issuesEventSchema, value, (payload) => ({ name, payload }));
    case "issue_comment":
      return parse(issueCommentEventSchema, value, (payload) => ({ name, payload }));
    case "pull_request":
      return parse(pullRequestEventSchema, value, (payload) => ({ name, payload }));
    case "push":
      return parse(pushEventSchema, value, (payload) => ({ name, payload }));
  }
}

const keptSchema = z.object({ name: z.enum(GITHUB_EVENTS), payload: z.unknown() });

/** An event as it is kept until it is carried out: the few fields that are read, and nothing else of the delivery. */
export const toKeptEvent = (event: Exclude<GithubEvent, { readonly name: "ping" }>): string => JSON.stringify(event);

/** One that was kept, by this release or another. Fault: malformed_data. */
export function parseKeptEvent(text: string): Result<Exclude<GithubEvent, { readonly name: "ping" }>> {
  const kept = parseStoredJson(keptSchema, "kept delivery", text);
  if (!kept.ok) return kept;
  const event = toGithubEvent(kept.value.name, kept.value.payload);
  if (event.ok && event.value.name !== "ping") return ok(event.value);
  return fail({ kind: "malformed_data", what: "kept delivery", detail: "not the event that it names" });
}
