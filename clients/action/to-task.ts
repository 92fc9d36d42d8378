import { createHash } from "node:crypto";
import { cutMiddle } from "./cut-middle.ts";
import type { Env, Inputs } from "./parse-inputs.ts";
import { at, type GithubEvent, textAt } from "./read-event.ts";
import { type Attempted, done, EXIT, stopWith } from "./stop.ts";
import { toPlainText } from "./to-plain-text.ts";

export interface Task {
  readonly text: string;
  readonly taskId: string;
}

/** GitHub's own cap of an issue's body is 65,536 characters; the API takes 256 KiB, of which JSON may escape half. */
const MAX_CHARS = 80_000;

/** Comments of a template are for whoever fills it in. By index, for a pattern would rescan at every unclosed one. */
function dropHtmlComments(text: string): string {
  let [kept, from] = ["", 0];
  for (;;) {
    const open = text.indexOf("<!--", from);
    const close = open < 0 ? -1 : text.indexOf("-->", open + 4);
    if (close < 0) return kept + text.slice(from);
    kept += text.slice(from, open);
    from = close + 3;
  }
}

/** Where each event keeps what is asked for; of other events the input task must say it. */
const TEXT_PATHS: Readonly<Record<string, readonly string[]>> = {
  issues: ["issue.title", "issue.body"],
  issue_comment: ["issue.title", "issue.body", "comment.body"],
  pull_request: ["pull_request.title", "pull_request.body"],
  pull_request_review: ["pull_request.title", "pull_request.body", "review.body"],
  pull_request_review_comment: ["pull_request.title", "pull_request.body", "comment.body"],
  push: ["head_commit.message"],
  workflow_run: ["workflow_run.display_title", "workflow_run.head_commit.message"],
  workflow_dispatch: ["inputs.task"],
  repository_dispatch: ["client_payload.task"],
};

function toEventText({ name, payload }: GithubEvent): string {
  const parts = (Object.hasOwn(TEXT_PATHS, name) ? (TEXT_PATHS[name] ?? []) : []).map((path) =>
    dropHtmlComments(textAt(payload, path)).trim(),
  );
  return parts.filter((part, i) => part !== "" && parts.indexOf(part) === i).join("\n\n");
}

/** The number of the issue or pull request that the event is about. */
function toNumber({ name, payload }: GithubEvent): number | null {
  const paths = name === "workflow_run" ? ["workflow_run.pull_requests"] : ["issue.number", "pull_request.number"];
  for (const path of paths) {
    const found = at(payload, path);
    const value = Array.isArray(found) ? at(found[0], "number") : found;
    if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
  }
  return null;
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

/**
 * The same task on every re-run has the same id, so that its decision holds: `owner/name#12` for the text of an issue or
 * pull request, with the task's digest where the workflow gave a text of its own; else that of the workflow run.
 */
function toTaskId(env: Env, { event, own }: { readonly event: GithubEvent; readonly own: string | null }): string {
  // Case says nothing in a repository's name, and the webhook's decisions on issues are kept under the same ids.
  const repository = (env.GITHUB_REPOSITORY ?? "").toLowerCase();
  const number = toNumber(event);
  const about = number === null ? `run-${env.GITHUB_RUN_ID ?? "0"}` : `#${number}`;
  const suffix = own === null ? "" : `:${digest(own)}`;
  const id = `${repository}${number === null ? "/" : ""}${about}${suffix}`;
  // Names of repositories are ASCII; anything else, or a longer one, is told apart by its digest.
  return /^[\x21-\x7e]{1,200}$/.test(id) ? id : `github:${digest(id)}`;
}

/** What is to be done, from the input or the event. Stop: badInput where there is no text. */
export function toTask(env: Env, event: GithubEvent, inputs: Pick<Inputs, "task" | "taskId">): Attempted<Task> {
  const text = toPlainText(inputs.task ?? toEventText(event)).trim();
  if (!/[^\s\p{Cc}\p{Cf}]/u.test(text)) {
    const says =
      inputs.task === null
        ? `the event ${event.name} brings no text: set the input task`
        : "it has no visible character";
    return stopWith(EXIT.badInput, `There is no task: ${says}`);
  }
  const cut = cutMiddle(text, { most: MAX_CHARS, headShare: 0.75 });
  return done({ text: cut, taskId: inputs.taskId ?? toTaskId(env, { event, own: inputs.task }) });
}
