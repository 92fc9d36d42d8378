import * as z from "zod";
import type { TrackerFailure } from "../../../shared/contract/webhooks.ts";
import type { ClaimedThread } from "../../platform/d1/tracker-threads-store.ts";
import { callGithub, type GithubAccess, type GithubAnswer, readGithub } from "./call-github.ts";

/** How far an issue was brought; what is not reached keeps what it was. */
export interface Brought {
  readonly appliedLabels: readonly string[];
  readonly commentId: number | null;
  readonly failure: TrackerFailure | null;
  readonly waitMs: number | null;
}

type Refusal = Extract<GithubAnswer, { readonly ok: false }>;

/** Three hundred comments are looked through before a new one is written; an issue is far younger when it is decided. */
const MOST_PAGES = 3;
const PAGE_SIZE = 100;

const labelsSchema = z.array(z.string());
const commentSchema = z.object({ id: z.int() });
const commentsSchema = z.array(z.object({ id: z.int(), body: z.string().nullish() }));

/** A list of our own writing; an unreadable one is as good as an empty one, since adding a label twice changes nothing. */
export function toLabelList(text: string): readonly string[] {
  try {
    const parsed = labelsSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : [];
  } catch {
    return [];
  }
}

const issuePath = ({ repository, number }: ClaimedThread): string =>
  `/repos/${repository.split("/").map(encodeURIComponent).join("/")}/issues/${number}`;

/** Ours that are no longer wanted go, what is missing comes; labels of anybody else are left alone. */
async function bringLabels(
  thread: ClaimedThread,
  access: GithubAccess,
): Promise<{ readonly applied: readonly string[]; readonly refusal: Refusal | null }> {
  const [wanted, before] = [toLabelList(thread.wantedLabels), toLabelList(thread.appliedLabels)];
  let applied = before;
  for (const name of before.filter((label) => !wanted.includes(label))) {
    const path = `${issuePath(thread)}/labels/${encodeURIComponent(name)}`;
    const gone = await callGithub({ method: "DELETE", path }, access);
    // Somebody took it off already.
    if (!gone.ok && gone.failure !== "not_found") return { applied, refusal: gone };
    applied = applied.filter((label) => label !== name);
  }
  const missing = wanted.filter((label) => !applied.includes(label));
  if (missing.length === 0) return { applied, refusal: null };
  const added = await callGithub(
    { method: "POST", path: `${issuePath(thread)}/labels`, body: { labels: missing } },
    access,
  );
  return added.ok ? { applied: wanted, refusal: null } : { applied, refusal: added };
}

const RUN_ENDS: Readonly<Record<string, string>> = {
  awaiting_approval: "waits for an approval",
  awaiting_verdict: "waits for a verdict",
  done: "is done",
  failed: "failed",
  canceled: "was canceled",
  expired: "expired",
};

/** The comment as it is written: marker, decision, and how the run stands. */
export function toCommentText({
  id,
  wantedComment,
  runId,
  runState,
}: Pick<ClaimedThread, "id" | "wantedComment" | "runId" | "runState">): string {
  const run = runId === null ? "" : `\n\nRun \`${runId}\` ${RUN_ENDS[runState ?? ""] ?? "is under way"}.`;
  return `<!-- spawnpoint:${id} -->\n${wantedComment ?? ""}${run}`;
}

type Found = { readonly ok: true; readonly id: number | null } | Refusal;

/** The comment of ours that a holder wrote and did not live to note. Its marker is known to nobody before it is written. */
async function findComment(thread: ClaimedThread, access: GithubAccess): Promise<Found> {
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const path = `${issuePath(thread)}/comments?per_page=${PAGE_SIZE}&page=${page}`;
    const answer = await readGithub({ method: "GET", path }, commentsSchema, access);
    if (!answer.ok) return answer;
    const own = answer.value.find(({ body }) => body?.startsWith(`<!-- spawnpoint:${thread.id} -->`));
    if (own !== undefined) return { ok: true, id: own.id };
    if (answer.value.length < PAGE_SIZE) break;
  }
  return { ok: true, id: null };
}

/** Edits the comment that is there; writes one where there is none, or where somebody deleted it. */
async function bringComment(thread: ClaimedThread, access: GithubAccess): Promise<Found> {
  if (thread.wantedComment === null) return { ok: true, id: thread.commentId };
  const body = { body: toCommentText(thread) };
  const found: Found =
    thread.commentId === null ? await findComment(thread, access) : { ok: true, id: thread.commentId };
  if (!found.ok) return found;
  if (found.id !== null) {
    const [owner, name] = thread.repository.split("/").map(encodeURIComponent);
    const path = `/repos/${owner}/${name}/issues/comments/${found.id}`;
    const edited = await callGithub({ method: "PATCH", path, body }, access);
    if (edited.ok) return found;
    if (edited.failure !== "not_found") return edited;
  }
  const written = await readGithub(
    { method: "POST", path: `${issuePath(thread)}/comments`, body },
    commentSchema,
    access,
  );
  return written.ok ? { ok: true, id: written.value.id } : written;
}

/** Makes the tracker match what is wanted of one issue; doing it again changes nothing. */
export async function bringIssue(thread: ClaimedThread, access: GithubAccess): Promise<Brought> {
  const labels = await bringLabels(thread, access);
  const before = { appliedLabels: labels.applied, commentId: thread.commentId };
  if (labels.refusal !== null) return { ...before, failure: labels.refusal.failure, waitMs: labels.refusal.waitMs };
  const comment = await bringComment(thread, access);
  if (!comment.ok) return { ...before, failure: comment.failure, waitMs: comment.waitMs };
  return { ...before, commentId: comment.id, failure: null, waitMs: null };
}
