import { ok, type Result } from "../../../shared/base/result.ts";
import { type ResolveGovernanceBody, resolveGovernanceSchema } from "../../../shared/contract/governance-requests.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import { type DecideInput, PLAIN_REQUEST } from "../../../shared/policy/decision.ts";
import { pickGoverned } from "../../../shared/policy/governance/pick-governed.ts";
import { exceptModels, toReachability } from "../../../shared/policy/governance/reachability.ts";
import { resolveGoverned } from "../../../shared/policy/governance/resolve-governed.ts";
import {
  effectiveReviewTier,
  hasOpenHighRisk,
  type RiskReview,
} from "../../../shared/policy/governance/review-tier.ts";
import { type TierReading, toComplexityTier } from "../../../shared/policy/governance/to-complexity-tier.ts";
import type { Classification } from "../../../shared/task/classification.ts";
import { toTaskText } from "../../../shared/task/task.ts";
import { requireScope } from "../../platform/auth.ts";
import type { RouterDeps } from "../deps.ts";
import { toRisks } from "../govern-task.ts";
import { toGovernanceRow } from "../governance-events.ts";
import { readGovernanceWorld } from "../governance-world.ts";
import type { Handler } from "../handler.ts";
import { toGovernanceAsk, toGovernedBody } from "../present-governed.ts";

async function classify(
  { task, context }: ResolveGovernanceBody,
  deps: RouterDeps,
): Promise<Result<Classification | null>> {
  if (task === undefined) return ok(null);
  const text = toTaskText({ task, files: context?.files ?? [], stack: context?.stack ?? [] });
  const classified = await deps.classifier.classify([text]);
  return classified.ok ? ok(classified.value[0] ?? null) : classified;
}

/** What the task was read as; null without one. */
interface Read {
  readonly reading: TierReading;
  readonly risks: readonly RiskReview[];
}

function readTask(classification: Classification | null, seen: Omit<DecideInput, "classification" | "outcomes">) {
  if (classification === null) return null;
  const read: Read = { reading: toComplexityTier(classification), risks: toRisks({ ...seen, classification }) };
  return read;
}

const toClassified = (read: Read | null) =>
  read === null
    ? null
    : {
        ...{ tier: read.reading.tier, complexity: read.reading.complexity, scope_breadth: read.reading.scopeBreadth },
        ...{ abstained: read.reading.abstained, high_risk: hasOpenHighRisk(read.risks) },
      };

/** POST /api/governance/resolve: what an agent or a role gets, and why; with `record` it is kept as telemetry. */
export const resolveGovernance: Handler = async ({ principal, body }, deps) => {
  const asked = parseWith(resolveGovernanceSchema, body);
  if (!asked.ok) return asked;
  const { tenantId } = principal;
  // What is kept moves the report: that is feedback, not reading.
  const mayRecord = asked.value.record === true ? requireScope(principal, "feedback") : ok(undefined);
  if (!mayRecord.ok) return mayRecord;
  const [seen, classified] = await Promise.all([deps.readWorld(tenantId), classify(asked.value, deps)]);
  if (!seen.ok) return seen;
  if (!classified.ok) return classified;
  const world = await readGovernanceWorld(tenantId, seen.value.catalog, deps);
  if (!world.ok) return world;
  const { stored, costs } = world.value;
  const request = { ...PLAIN_REQUEST, needs: asked.value.context?.needs ?? [] };
  const input = { ...seen.value, policy: seen.value.policy.policy, request, governance: null };
  const read = readTask(classified.value, input);
  const risks = [...(asked.value.risks ?? []), ...(read?.risks ?? [])];
  const ask = toGovernanceAsk(asked.value);
  const tier = ask.tier ?? read?.reading.tier ?? null;
  const resolution = resolveGoverned(stored.file, { ...ask, tier, risks }, costs.costOf);
  if (!resolution.ok) return resolution;
  const failed = (asked.value.unavailable ?? []).map((name) => costs.modelIdOf(name) ?? name);
  const pick = pickGoverned(resolution.value, exceptModels(toReachability(input), failed));
  const governed = { version: stored.version, resolution: resolution.value, pick };
  if (asked.value.record === true) {
    const told = { tenantId, source: "ask", decisionId: null, runId: null, stepId: null, used: null } as const;
    const kept = await deps.saveGovernanceEvents([toGovernanceRow(governed, told, deps)]);
    if (!kept.ok) return kept;
  }
  const review = tier === null ? null : effectiveReviewTier(tier, risks);
  return ok({
    data: {
      ...toGovernedBody(governed),
      classified: toClassified(read),
      review:
        review === null
          ? null
          : {
              ...{ effective_tier: review.effectiveReviewTier, override: review.override },
              ...{ reviewers: [...review.reviewers], max_iterations: review.maxIterations },
            },
    },
  });
};
