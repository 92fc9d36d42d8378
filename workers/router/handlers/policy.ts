import { fail, ok, type Result } from "../../../shared/base/result.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import {
  policyDocumentSchema,
  policyQuerySchema,
  toPolicy,
  toPolicyDocument,
} from "../../../shared/contract/policy-document.ts";
import sampleTasks from "../../../shared/data/sample-tasks.json" with { type: "json" };
import { decide } from "../../../shared/policy/decide.ts";
import { PLAIN_REQUEST } from "../../../shared/policy/decision.ts";
import { sumOutcomes } from "../../../shared/policy/outcomes.ts";
import type { Policy } from "../../../shared/policy/policy.ts";
import type { Classification } from "../../../shared/task/classification.ts";
import { toTaskText } from "../../../shared/task/task.ts";
import { toStaleMessage } from "../../platform/d1/policies-store.ts";
import type { RouterDeps, World } from "../deps.ts";
import type { Handler } from "../handler.ts";

/** GET /api/policy: the tenant's current document; version 0 is the shipped default. */
export const getPolicy: Handler = async ({ principal }, deps) => {
  const current = await deps.readPolicy(principal.tenantId);
  if (!current.ok) return current;
  return ok({ data: toPolicyDocument(current.value.policy), meta: { version: current.value.version } });
};

/** What one sample task gets under a policy, in a form that two policies can be compared by. */
function decideSample(classification: Classification, policy: Policy, world: World): string {
  const { catalog, providerState, verifier } = world;
  const seen = {
    catalog,
    providerState,
    verifier,
    outcomes: sumOutcomes(world.outcomes, classification.task_type.label),
  };
  const core = decide({ ...seen, classification, policy, request: PLAIN_REQUEST, governance: null });
  if (!core.ok) return `no model: ${core.fault.kind === "no_candidates" ? core.fault.emptiedBy : core.fault.kind}`;
  const { pick, gate, mode } = core.value;
  const gated = gate.requiresApproval ? ", approval required" : "";
  return `${pick.model} (${pick.effort}) by ${pick.driverKind}, ${mode}${gated}`;
}

/** Which of the 20 sample tasks would be decided otherwise under `proposed`. */
async function previewPolicy(proposed: Policy, tenantId: string, deps: RouterDeps): Promise<Result<unknown>> {
  const state = await deps.readRouteState(tenantId, "");
  if (!state.ok) return state;
  const world = await state.value.readWorld();
  if (!world.ok) return world;
  const texts = sampleTasks.map((task) => toTaskText({ task, files: [], stack: [] }));
  const classified = await deps.classifier.classify(texts);
  if (!classified.ok) return classified;
  const rows = classified.value.map((classification, i) => ({
    task: sampleTasks[i],
    before: decideSample(classification, world.value.policy.policy, world.value),
    after: decideSample(classification, proposed, world.value),
  }));
  const changed = rows.filter((row) => row.before !== row.after);
  return ok({ dry_run: true, samples: rows.length, changed_count: changed.length, changed });
}

/** PUT /api/policy: saves the whole document as the next version; `?dry_run=1` only shows what would change. */
export const putPolicy: Handler = async ({ principal, query, body }, deps) => {
  const asked = parseWith(policyQuerySchema, query);
  if (!asked.ok) return asked;
  const document = parseWith(policyDocumentSchema, body);
  if (!document.ok) return document;
  const policy = toPolicy(document.value);
  const current = await deps.readPolicy(principal.tenantId);
  if (!current.ok) return current;
  const { expected_version = current.value.version, dry_run } = asked.value;
  if (dry_run === true) {
    if (expected_version !== current.value.version)
      return fail({ kind: "conflict", message: toStaleMessage(expected_version) });
    const preview = await previewPolicy(policy, principal.tenantId, deps);
    return preview.ok ? ok({ data: preview.value }) : preview;
  }
  const saved = await deps.savePolicy({
    tenantId: principal.tenantId,
    expectedVersion: expected_version,
    policy,
    createdBy: principal.keyId ?? "anonymous",
  });
  if (!saved.ok) return saved;
  return ok({ data: toPolicyDocument(saved.value.policy), meta: { version: saved.value.version } });
};
