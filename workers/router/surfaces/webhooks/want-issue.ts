import { ok, type Result } from "../../../../shared/base/result.ts";
import type { DecisionRecord } from "../../../platform/d1/decisions-store.ts";
import type { ThreadRow } from "../../../platform/d1/tracker-threads-store.ts";
import type { RouterDeps } from "../../deps.ts";
import type { EventPlace } from "./carry-out.ts";
import { composeComment } from "./compose-comment.ts";
import { toLabels } from "./to-labels.ts";

interface WantedIssue {
  readonly number: number;
  readonly record: DecisionRecord;
  readonly runId: string | null;
  readonly note: string;
}

/** Saves labels and comment as the hook's configuration wants them for a decision. */
export async function wantIssue(
  { number, record, runId, note }: WantedIssue,
  { hook, repository }: EventPlace,
  deps: RouterDeps,
): Promise<Result<ThreadRow>> {
  const { labels, comment } = hook.settings;
  const { requiresApproval } = record.core.gate;
  const approval = requiresApproval ? await deps.readApproval(hook.tenantId, record.id) : ok(null);
  if (!approval.ok) return approval;
  return deps.wantThread({
    id: deps.newId("thr"),
    ...{ tenantId: hook.tenantId, hookId: hook.id, repository, number, decisionId: record.id, runId },
    labels: labels.on ? toLabels(record.classification, labels.prefix) : [],
    comment: comment ? composeComment(record, { approvalId: approval.value?.id ?? null, note }) : null,
  });
}
