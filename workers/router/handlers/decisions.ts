import { fail, ok } from "../../../shared/base/result.ts";
import { listDecisionsQuerySchema, recomputeRequestSchema } from "../../../shared/contract/decisions.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import { recompute, toReceiptPolicy } from "../../../shared/policy/receipt.ts";
import { toTaskText } from "../../../shared/task/task.ts";
import type { DecisionRecord } from "../../platform/d1/decisions-store.ts";
import type { RouterDeps } from "../deps.ts";
import { toDigests } from "../digests.ts";
import type { Handler } from "../handler.ts";
import { toDecisionBody } from "../present-decision.ts";

const DEFAULT_PAGE = 20;

/** GET /api/decisions: newest first, `meta.next_cursor` to page on (null at the end). */
export const listDecisions: Handler = async (input, deps) => {
  const query = parseWith(listDecisionsQuerySchema, input.query);
  if (!query.ok) return query;
  const { cursor = null, limit = DEFAULT_PAGE, search } = query.value;
  const page = await deps.listDecisions({
    tenantId: input.principal.tenantId,
    cursor,
    limit,
    search: search === undefined || search === "" ? null : search,
  });
  if (!page.ok) return page;
  const data = page.value.entries.map(({ decision, approvalId }) => toDecisionBody(decision, approvalId));
  return ok({ data, meta: { next_cursor: page.value.nextCursor } });
};

/** GET /api/decisions/:id */
export const getDecision: Handler = async ({ principal, params }, deps) => {
  const record = await deps.readDecision(principal.tenantId, params.id ?? "");
  if (!record.ok) return record;
  const approval = await deps.readApproval(principal.tenantId, record.value.id);
  return approval.ok ? ok({ data: toDecisionBody(record.value, approval.value?.id ?? null) }) : approval;
};

/** The text to classify anew: the stored prompt, or one handed in whose digest is the decision's. */
async function readText(record: DecisionRecord, given: string | undefined, deps: RouterDeps) {
  if (given === undefined) return ok(record.promptText);
  if ((await deps.sha256Hex(given)) === record.inputDigest) return ok(given);
  const message =
    "Cannot recompute from this task: its text with its context is not the one that was decided (digest differs)";
  return fail({ kind: "invalid_param", field: "task", message });
}

/** POST /api/decisions/:id/recompute: equal, or what differs. Without the text the stored classification stands. */
export const recomputeDecision: Handler = async ({ principal, params, body }, deps) => {
  const asked = parseWith(recomputeRequestSchema, body ?? {});
  if (!asked.ok) return asked;
  const record = await deps.readDecision(principal.tenantId, params.id ?? "");
  if (!record.ok) return record;
  const { task, context } = asked.value;
  const given =
    task === undefined ? undefined : toTaskText({ task, files: context?.files ?? [], stack: context?.stack ?? [] });
  const text = await readText(record.value, given, deps);
  if (!text.ok) return text;
  const [catalog, policy] = await Promise.all([
    deps.readCatalogVersion(record.value.catalogVersion),
    deps.readPolicyVersion(principal.tenantId, record.value.policyVersion),
  ]);
  if (!catalog.ok) return catalog;
  if (!policy.ok) return policy;
  const classified = text.value === null ? ok([]) : await deps.classifier.classify([text.value]);
  if (!classified.ok) return classified;
  const [classification] = classified.value;
  const { receipt, core: stored } = record.value;
  const answer = recompute({
    receipt,
    stored,
    catalog: catalog.value,
    policy: policy.value,
    digests: await toDigests(toReceiptPolicy(receipt, policy.value), deps.sha256Hex),
    ...(classification === undefined ? {} : { classification }),
  });
  if (!answer.ok) return answer;
  return ok({ data: { id: record.value.id, ...answer.value, reclassified: classification !== undefined } });
};
