import type {
  GithubIssue,
  IssueCommentEvent,
  IssuesEvent,
  PullRequestEvent,
} from "../../../../shared/contract/github-events.ts";
import type { GithubSettings, IgnoredReason } from "../../../../shared/contract/webhooks.ts";
import type { GithubHook } from "../../../platform/webhook-hook.ts";
import type { GithubEvent } from "./parse-github-event.ts";

/** Stands in every comment of ours; the executor adds the id behind it. */
export const COMMENT_MARKER = "<!-- spawnpoint:";
/** GitHub delivers again for three days; what is older is a replay of something whose trace is gone here. */
const STALE_AFTER_MS = 7 * 86_400_000;
/** A pull request that closes more issues than this closes them in the list's order. */
const MOST_CLOSED = 10;

export type Command = "approve" | "cancel" | "route";

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
  | { readonly kind: "merged"; readonly number: number; readonly closes: readonly number[]; readonly actor: string }
  | { readonly kind: "reverted"; readonly number: number; readonly actor: string };

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
    case "reopened":
      return trigger.opened ? route(true) : { kind: "reopened", number: issue.number, actor };
    case "labeled": {
      const name = label?.name ?? "";
      if (name.startsWith(labels.prefix)) return ignored("own_event");
      return trigger.label !== null && name === trigger.label ? route(false) : ignored("no_trigger");
    }
    case "closed": {
      // Who is nobody to the repository can close an issue of his own, and must not teach by it.
      const isOwn = issue.user?.id === sender.id && !isListed(issue.author_association, settings);
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

/** Issues of the same repository that a merge closes, by the words that GitHub itself closes them by. */
const toClosed = (text: string): readonly number[] => [
  ...new Set(
    [...text.matchAll(/\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?[ \t]+#(\d{1,9})\b/gi)].map(([, number]) =>
      Number(number),
    ),
  ),
];

function ofPullRequest({ action, pull_request: pull, repository, sender }: PullRequestEvent): Intent {
  if (action !== "closed" || pull.merged !== true) return ignored("action");
  const actor = toActor(sender);
  const text = `${pull.title}\n${pull.body ?? ""}`;
  // What GitHub's own button writes into the pull request that takes another back.
  const [, whose, number] = /^Reverts ([\w.-]+\/[\w.-]+)#(\d{1,9})\b/m.exec(pull.body ?? "") ?? [];
  if (whose?.toLowerCase() === repository.full_name.toLowerCase())
    return { kind: "reverted", number: Number(number), actor };
  return { kind: "merged", number: pull.number, closes: toClosed(text).slice(0, MOST_CLOSED), actor };
}

const timeOf = (event: Exclude<GithubEvent, { readonly name: "ping" }>): string => {
  if (event.name === "issue_comment") return event.payload.comment.updated_at;
  return event.name === "issues" ? event.payload.issue.updated_at : event.payload.pull_request.updated_at;
};

/** What a genuine event of a listed repository asks for: pure, so that every payload can be tried. */
export function toIntent(
  event: Exclude<GithubEvent, { readonly name: "ping" }>,
  hook: GithubHook,
  nowMs: number,
): Intent {
  const atMs = Date.parse(timeOf(event));
  if (Number.isNaN(atMs) || nowMs - atMs > STALE_AFTER_MS) return ignored("stale");
  const own = hook.settings.own_login?.toLowerCase();
  if (own !== undefined && event.payload.sender.login.toLowerCase() === own) return ignored("own_event");
  switch (event.name) {
    case "issues":
      return ofIssue(event.payload, hook.settings);
    case "issue_comment":
      return ofComment(event.payload, hook);
    case "pull_request":
      return ofPullRequest(event.payload);
  }
}
