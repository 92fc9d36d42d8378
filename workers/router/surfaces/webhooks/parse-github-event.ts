import type * as z from "zod";
import { fail, ok, type Result } from "../../../../shared/base/result.ts";
import {
  GITHUB_EVENTS,
  type GithubEventName,
  type IssueCommentEvent,
  type IssuesEvent,
  issueCommentEventSchema,
  issuesEventSchema,
  type PullRequestEvent,
  pingEventSchema,
  pullRequestEventSchema,
} from "../../../../shared/contract/github-events.ts";
import { parseJsonBytes } from "../../../platform/read-json-body.ts";

export type GithubEvent =
  | { readonly name: "ping" }
  | { readonly name: "issues"; readonly payload: IssuesEvent }
  | { readonly name: "issue_comment"; readonly payload: IssueCommentEvent }
  | { readonly name: "pull_request"; readonly payload: PullRequestEvent };

const isListed = (name: string): name is GithubEventName => GITHUB_EVENTS.some((listed) => listed === name);

/** The name of the event is in a header that nobody signs, so it has to agree with what the signed body is about. */
function isAbout(name: GithubEventName, payload: object): boolean {
  if ("comment" in payload) return name === "issue_comment";
  if ("issue" in payload) return name === "issues";
  if ("pull_request" in payload) return name === "pull_request";
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
  if (!payload.ok) return payload;
  if (typeof payload.value !== "object" || payload.value === null || !isAbout(name, payload.value)) return refuse();
  switch (name) {
    case "ping":
      return parse(pingEventSchema, payload.value, () => ({ name }));
    case "issues":
      return parse(issuesEventSchema, payload.value, (value) => ({ name, payload: value }));
    case "issue_comment":
      return parse(issueCommentEventSchema, payload.value, (value) => ({ name, payload: value }));
    case "pull_request":
      return parse(pullRequestEventSchema, payload.value, (value) => ({ name, payload: value }));
  }
}
