import type { Mode } from "./parse-inputs.ts";
import { at, type GithubEvent, isObjectAt, textAt } from "./read-event.ts";
import { EXIT, type Stop } from "./stop.ts";

/** Who may have money spent by opening, editing or commenting; anybody can do these things in a public repository. */
const TRUSTED = ["OWNER", "MEMBER", "COLLABORATOR"];
/** Acts on an issue that need at least the triage role where they are another person's than the author. */
const TRIAGE_ACTS = [
  "labeled",
  "unlabeled",
  "assigned",
  "unassigned",
  "reopened",
  "milestoned",
  "demilestoned",
  "pinned",
  "locked",
];
/** Events that anybody can set off, and where each says what that person is to the repository; null = it does not say. */
const OPEN_EVENTS: Readonly<Record<string, string | null>> = {
  issues: "issue.author_association",
  issue_comment: "comment.author_association",
  commit_comment: "comment.author_association",
  discussion: "discussion.author_association",
  discussion_comment: "comment.author_association",
  pull_request_review: "review.author_association",
  pull_request_review_comment: "comment.author_association",
  fork: null,
  gollum: null,
  watch: null,
};

const refuse = (says: string): Stop => ({
  exit: EXIT.refusedEvent,
  message: `Nothing was sent: ${says}`,
});

const SECRETS_AND_STRANGERS =
  "code or text of a stranger must not run beside the secrets of this repository (see docs/github-action.md)";

/** A payload that names no head repository may be of a deleted fork: that is refused too. */
function isForeignPull({ payload }: GithubEvent): boolean {
  const [head, base] = [textAt(payload, "pull_request.head.repo.full_name"), textAt(payload, "repository.full_name")];
  return head === "" || base === "" || head.toLowerCase() !== base.toLowerCase();
}

function isForeignRun({ payload }: GithubEvent): boolean {
  const head = textAt(payload, "workflow_run.head_repository.full_name");
  const base = textAt(payload, "repository.full_name");
  return head === "" || base === "" || head.toLowerCase() !== base.toLowerCase();
}

/** A label or assignee that an issue template gives comes from the author, and an app acts on whatever anybody writes. */
function isByTriage({ name, payload }: GithubEvent): boolean {
  if (name !== "issues" || !TRIAGE_ACTS.includes(textAt(payload, "action"))) return false;
  const [author, sender] = [at(payload, "issue.user.id"), at(payload, "sender.id")];
  return textAt(payload, "sender.type") === "User" && typeof sender === "number" && sender !== author;
}

/** Who started a paid run: null where the event needs write or triage rights anyway. */
function toStranger(event: GithubEvent): string | null {
  const { name, payload } = event;
  // A workflow run does not say who set off what it follows.
  const followed = name === "workflow_run" ? textAt(payload, "workflow_run.event") : "";
  if (Object.hasOwn(OPEN_EVENTS, followed)) return "unknown";
  if (!Object.hasOwn(OPEN_EVENTS, name) || isByTriage(event)) return null;
  const association = textAt(payload, OPEN_EVENTS[name] ?? "");
  return TRUSTED.includes(association) ? null : association === "" ? "unknown" : association;
}

/**
 * Whether the key may be used under this event at all. Refused: pull_request_target; pull requests, reviews and
 * workflow_run of a fork or of an unknown head; and, for mode run, whatever people set off who are neither owner, member
 * nor collaborator. null = go on.
 */
export function refuseEvent(event: GithubEvent, mode: Mode): Stop | null {
  const { name, payload } = event;
  if (name === "pull_request_target") return refuse(`the event is pull_request_target, and ${SECRETS_AND_STRANGERS}`);
  const isPull = name.startsWith("pull_request") || isObjectAt(payload, "pull_request");
  if (isPull && isForeignPull(event)) return refuse(`the pull request comes from a fork, and ${SECRETS_AND_STRANGERS}`);
  if (name === "workflow_run") {
    const isTarget = textAt(payload, "workflow_run.event") === "pull_request_target";
    if (isTarget || isForeignRun(event))
      return refuse(`the workflow run was started from a fork, and ${SECRETS_AND_STRANGERS}`);
  }
  const stranger = mode === "run" ? toStranger(event) : null;
  if (stranger !== null) {
    const act = at(payload, "action") === undefined ? name : `${name} ${textAt(payload, "action")}`;
    return refuse(
      `a paid run is started only by an owner, member or collaborator, and ${act} came from somebody with the association ${JSON.stringify(stranger.slice(0, 40))}`,
    );
  }
  return null;
}
