import * as z from "zod";
import { REPOSITORY_PATTERN } from "./fields.ts";

/** The few fields that are read of GitHub's payloads; whatever else they hold is left out by the parser. */

const userSchema = z.object({ id: z.int(), login: z.string().max(100), type: z.string() });

const issueSchema = z.object({
  number: z.int().min(1),
  title: z.string(),
  body: z.string().nullable().default(null),
  user: userSchema.nullable(),
  author_association: z.string().default("NONE"),
  state_reason: z.string().nullable().default(null),
  /** Only there where the issue is a pull request. */
  pull_request: z.unknown().optional(),
  updated_at: z.string(),
});
export type GithubIssue = z.output<typeof issueSchema>;

/** It becomes part of a path, so nothing but a name may stand in it. */
const fullNameField = z.string().regex(REPOSITORY_PATTERN);

const base = {
  action: z.string().default(""),
  /** `id` stays with a repository, whatever it is called; deliveries that an earlier release kept have none. */
  repository: z.object({ id: z.int().optional(), full_name: fullNameField }),
  sender: userSchema,
  installation: z.object({ id: z.int() }).nullish(),
};

export const issuesEventSchema = z.object({
  ...base,
  issue: issueSchema,
  label: z.object({ name: z.string() }).nullish(),
});
export type IssuesEvent = z.output<typeof issuesEventSchema>;

export const issueCommentEventSchema = z.object({
  ...base,
  issue: issueSchema,
  comment: z.object({
    id: z.int(),
    body: z.string(),
    user: userSchema.nullable(),
    author_association: z.string().default("NONE"),
    updated_at: z.string(),
    performed_via_github_app: z.object({ id: z.int() }).nullish(),
  }),
});
export type IssueCommentEvent = z.output<typeof issueCommentEventSchema>;

export const pullRequestEventSchema = z.object({
  ...base,
  repository: base.repository.extend({ default_branch: z.string().nullish() }),
  pull_request: z.object({
    number: z.int().min(1),
    title: z.string(),
    body: z.string().nullable().default(null),
    user: userSchema.nullable().default(null),
    author_association: z.string().default("NONE"),
    merged: z.boolean().nullish(),
    merge_commit_sha: z.string().max(64).nullish(),
    /** The branch that it is merged into. */
    base: z.object({ ref: z.string() }).nullish(),
    updated_at: z.string(),
  }),
});
export type PullRequestEvent = z.output<typeof pullRequestEventSchema>;

export const pushEventSchema = z.object({
  ...base,
  ref: z.string(),
  /** `pushed_at`: in seconds, in this event alone. */
  repository: base.repository.extend({ default_branch: z.string(), pushed_at: z.int() }),
  commits: z.array(z.object({ message: z.string() })),
});
export type PushEvent = z.output<typeof pushEventSchema>;

export const pingEventSchema = z.object({ zen: z.string(), repository: base.repository.optional() });

/** Names of the events that are read. */
export const GITHUB_EVENTS = ["ping", "issues", "issue_comment", "pull_request", "push"] as const;
export type GithubEventName = (typeof GITHUB_EVENTS)[number];
