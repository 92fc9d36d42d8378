import type {
  GithubIssue,
  IssueCommentEvent,
  IssuesEvent,
  PullRequestEvent,
  PushEvent,
} from "../../../../shared/contract/github-events.ts";
import { type GithubSettings, type IgnoredReason, isOwnLabel } from "../../../../shared/contract/webhooks.ts";
import type { GithubHook } from "../../../platform/webhook-hook.ts";
import type { GithubEvent } from "./parse-github-event.ts";

/** Stands in every comment of ours; the executor adds the id behind it. */
export const COMMENT_MARKER = "<!-- spawnpoint:";
/** GitHub delivers again for three days; what is older is a replay of something whose trace is gone here. */
const STALE_AFTER_MS = 7 * 86_400_000;
/** A pull request that closes more issues than this closes them in the list's order. */
const MOST_CLOSED = 10;

export type Command = "approve" | "cancel" | "route";

/** A pull request that is over. */
interface PullIntent {
  readonly number: number;
  /** Issues that its words close. */
  readonly closes: readonly number[];
  readonly actor: string;
  /** Whether an app or a bot wrote it. */
  readonly isByBot: boolean;
  /** Decisions that its words name, where somebody of the repository wrote them: everybody reads their ids in our comments. */
  readonly names: readonly string[];
}

/** What an event asks for. `actor`: who did it, as askers and approvers are named here. */
export type Intent =
  | { readonly kind: "ignored"; readonly reason: IgnoredReason }
  | {
      readonly kind: "route";
      readonly issue: GithubIssue;
      readonly actor: string;
      /** Whether that one may start a run. */
      readonly isTrusted: boolean;
      readonly reroute: boolean;
      readonly wasReopened: boolean;
    }
  | {
      readonly kind: "command";
      readonly command: "approve" | "cancel";
      readonly issue: GithubIssue;
      readonly actor: string;
    }
  | { readonly kind: "reopened"; readonly number: number; readonly actor: string }
  | { readonly kind: "closed"; readonly number: number; readonly isDone: boolean; readonly actor: string }
  | (PullIntent & { readonly kind: "merged"; readonly mergeSha: string | null })
  | (PullIntent & { readonly kind: "discarded" })
  | {
      readonly kind: "reverted";
      readonly named: { readonly number: number } | { readonly mergeShas: readonly string[] };
      readonly actor: string;
    };

const ignored = (reason: IgnoredReason): Intent => ({ kind: "ignored", reason });

/** A login can be given up and taken by somebody else; the number cannot. */
export const toActor = ({ id }: { readonly id: number }): string => `github:${id}`;

interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: string;
}

const isListed = (association: string, { may_trigger }: GithubSettings): boolean =>
  may_trigger.some((trusted) => trusted === association);

/**
 * Whether who did something to an issue may start runs. An author is what GitHub says of the author; anybody else who
 * labels or reopens has triage rights or more, and counts as a collaborator. An app or a bot may not: it acts on
 * whatever anybody writes.
 */
function isTrusted(sender: Account, issue: GithubIssue, settings: GithubSettings): boolean {
  if (sender.type !== "User") return false;
  if (issue.user !== null && issue.user.id === sender.id) return isListed(issue.author_association, settings);
  return isListed("COLLABORATOR", settings);
}

function ofIssue({ action, issue, label, sender }: IssuesEvent, settings: GithubSettings): Intent {
  const { trigger, labels } = settings;
  const actor = toActor(sender);
  const route = (wasReopened: boolean): Intent => {
    const trusted = isTrusted(sender, issue, settings);
    return { kind: "route", issue, actor, isTrusted: trusted, reroute: false, wasReopened };
  };
  switch (action) {
    case "opened":
      return trigger.opened ? route(false) : ignored("no_trigger");
    case "reopened": {
      // Whoever may close an issue of his own may reopen it, and must not teach by it either.
      const isTold = isTrusted(sender, issue, settings);
      if (trigger.opened) return route(isTold);
      return isTold ? { kind: "reopened", number: issue.number, actor } : ignored("not_allowed");
    }
    case "labeled": {
      const name = label?.name ?? "";
      if (isOwnLabel(name, labels.prefix)) return ignored("own_event");
      return name !== "" && name.toLowerCase() === trigger.label?.toLowerCase() ? route(false) : ignored("no_trigger");
    }
    case "closed": {
      // Who is nobody to the repository can close an issue of his own, and must not teach by it.
      const isOwn = issue.user?.id === sender.id && !isListed(issue.author_association, settings);
      // An app is no witness of its own work; a merge queue's merge is told by its pull request.
      if (issue.state_reason === "completed" && sender.type !== "User") return ignored("not_allowed");
      return { kind: "closed", number: issue.number, isDone: issue.state_reason === "completed" && !isOwn, actor };
    }
    default:
      return ignored("action");
  }
}

function ofComment({ action, issue, comment, sender }: IssueCommentEvent, hook: GithubHook): Intent {
  if (action !== "created") return ignored("action");
  const { credential, settings } = hook;
  const app = comment.performed_via_github_app?.id;
  const isApp = credential?.kind === "app" && app === credential.appId;
  if (isApp || comment.body.includes(COMMENT_MARKER)) return ignored("own_event");
  const [, command] = /^\/spawnpoint[ \t]+(approve|cancel|route)[ \t]*\r?(?:\n|$)/.exec(comment.body) ?? [];
  if (command === undefined) return ignored("no_command");
  const { user } = comment;
  if (user === null || user.id !== sender.id || user.type !== "User" || app !== undefined)
    return ignored("not_allowed");
  if (!isListed(comment.author_association, settings)) return ignored("not_allowed");
  const actor = toActor(user);
  if (command === "approve" || command === "cancel") return { kind: "command", command, issue, actor };
  if (issue.pull_request !== undefined) return ignored("no_command");
  return { kind: "route", issue, actor, isTrusted: true, reroute: true, wasReopened: false };
}

/** Somebody of the repository: not an app, and not a stranger about what he wrote himself. */
const isPersonOf = (
  { sender, author, association }: Authored & { readonly sender: Account },
  settings: GithubSettings,
): boolean => sender.type === "User" && (author?.id !== sender.id || isListed(association, settings));

interface Authored {
  readonly author: Account | null;
  readonly association: string;
}

/** A closing word, and the issue behind it: `#7`, `owner/name#7`, or its address. */
const CLOSING =
  /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?[ \t]+(?:https?:\/\/[^\s/]{1,253}\/([\w.-]+\/[\w.-]+)\/issues\/|([\w.-]+\/[\w.-]+)?#)(\d{1,9})\b/gi;

/** Issues of the same repository that a merge closes, by the words that GitHub itself closes them by. */
const toClosed = (text: string, repository: string): readonly number[] => [
  ...new Set(
    [...text.matchAll(CLOSING)].flatMap(([, ofAddress, named, number]) => {
      const whose = ofAddress ?? named ?? repository;
      return whose.toLowerCase() === repository.toLowerCase() ? [Number(number)] : [];
    }),
  ),
];

const toNamedDecisions = (text: string): readonly string[] => text.match(/\bdec_[A-Za-z0-9]{8,40}\b/g) ?? [];

function ofPullRequest({ action, pull_request: pull, repository, sender }: PullRequestEvent, hook: GithubHook): Intent {
  if (action !== "closed") return ignored("action");
  const actor = toActor(sender);
  const isOfOurs = isListed(pull.author_association, hook.settings);
  const text = `${pull.title}\n${pull.body ?? ""}`;
  const over: PullIntent = {
    ...{ number: pull.number, closes: toClosed(text, repository.full_name).slice(0, MOST_CLOSED), actor },
    ...{ isByBot: pull.user?.type === "Bot", names: isOfOurs ? toNamedDecisions(text) : [] },
  };
  if (pull.merged !== true) {
    const isPerson = isPersonOf({ sender, author: pull.user, association: pull.author_association }, hook.settings);
    return isPerson ? { kind: "discarded", ...over } : ignored("not_allowed");
  }
  // A merge into another branch closes no issue yet, and takes nothing back where it counts; nor one that cannot be told.
  const main = repository.default_branch ?? null;
  if (main === null || pull.base?.ref !== main) return ignored("action");
  // What GitHub's own button writes into the pull request that takes another back.
  const [, whose, number] = /^Reverts ([\w.-]+\/[\w.-]+)#(\d{1,9})\b/m.exec(pull.body ?? "") ?? [];
  if (whose?.toLowerCase() === repository.full_name.toLowerCase())
    return { kind: "reverted", named: { number: Number(number) }, actor };
  return { kind: "merged", ...over, mergeSha: pull.merge_commit_sha ?? null };
}

/** What `git revert` writes into the commit that takes another back, on the branch that counts. */
function ofPush({ ref, commits, repository, sender }: PushEvent): Intent {
  if (ref !== `refs/heads/${repository.default_branch}`) return ignored("action");
  const shas = commits.flatMap(({ message }) =>
    [...message.matchAll(/^This reverts commit ([0-9a-f]{40})\b/gm)].flatMap(([, sha]) => sha ?? []),
  );
  const mergeShas = [...new Set(shas)];
  return mergeShas.length === 0
    ? ignored("action")
    : { kind: "reverted", named: { mergeShas: mergeShas.slice(0, MOST_CLOSED) }, actor: toActor(sender) };
}

type ReadEvent = Exclude<GithubEvent, { readonly name: "ping" }>;

/** When it happened; NaN where that cannot be told. */
function timeOf(event: ReadEvent): number {
  switch (event.name) {
    case "issues":
      return Date.parse(event.payload.issue.updated_at);
    case "issue_comment":
      return Date.parse(event.payload.comment.updated_at);
    case "pull_request":
      return Date.parse(event.payload.pull_request.updated_at);
    case "push":
      return event.payload.repository.pushed_at * 1_000;
  }
}

/** What a genuine event of a listed repository asks for: pure, so that every payload can be tried. */
export function toIntent(event: ReadEvent, hook: GithubHook, nowMs: number): Intent {
  const atMs = timeOf(event);
  if (Number.isNaN(atMs) || nowMs - atMs > STALE_AFTER_MS) return ignored("stale");
  const own = hook.settings.own_login?.toLowerCase();
  if (own !== undefined && event.payload.sender.login.toLowerCase() === own) return ignored("own_event");
  switch (event.name) {
    case "issues":
      return ofIssue(event.payload, hook.settings);
    case "issue_comment":
      return ofComment(event.payload, hook);
    case "pull_request":
      return ofPullRequest(event.payload, hook);
    case "push":
      return ofPush(event.payload);
  }
}
