import { fail, ok } from "../../../shared/base/result.ts";
import { roundTo } from "../../../shared/base/stats.ts";
import { communityReportSchema, communityScoresQuerySchema } from "../../../shared/contract/feedback.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import { toBareRow, toCategoryPrior } from "../../../shared/policy/category-prior.ts";
import type { Handler } from "../handler.ts";
import { parseFeedbackBody } from "./parse-feedback-body.ts";
import { toSuccessOfRating } from "./spawn-log.ts";

/**
 * POST /api/community/report: one rating for the others. Its contributor is the tenant, whatever instance it names, and
 * the model must be one of the catalogue: nothing else could be compared with what others say.
 */
export const reportCommunity: Handler = async ({ principal, body }, deps) => {
  const asked = parseFeedbackBody(communityReportSchema, body);
  if (!asked.ok) return asked;
  const catalog = await deps.readCatalog();
  if (!catalog.ok) return catalog;
  const { model, category, rating, instanceId } = asked.value;
  const isKnown = toBareRow(catalog.value, model) !== undefined;
  const predictedP = isKnown ? toCategoryPrior(catalog.value, { modelId: model, category }) : null;
  if (predictedP === null) {
    const message = `Cannot share a rating of ${JSON.stringify(model)}: expected a model of the catalogue`;
    return fail({ kind: "invalid_body", message });
  }
  const saved = await deps.saveCommunityReport({
    tenantId: principal.tenantId,
    modelId: model,
    category,
    rating,
    y: toSuccessOfRating(rating),
    predictedP,
    instanceSha256: await deps.sha256Hex(`${principal.tenantId} ${instanceId}`),
    createdAtMs: deps.nowMs(),
  });
  return saved.ok ? ok({ data: { recorded: true } }) : saved;
};

const DEFAULT_MIN_RATINGS = 10;

/** GET /api/community/scores: what tenants share, by model and category. */
export const listCommunityScores: Handler = async ({ principal, query }, deps) => {
  const asked = parseWith(communityScoresQuerySchema, query);
  if (!asked.ok) return asked;
  const { category = null, minRatings = DEFAULT_MIN_RATINGS } = asked.value;
  const scores = await deps.readCommunityScores({ tenantId: principal.tenantId, category, minRatings });
  if (!scores.ok) return scores;
  return ok({
    data: scores.value.map(({ modelId, category: of, ratings, ratingSum, contributors }) => ({
      model: modelId,
      category: of,
      totalRatings: ratings,
      avgRating: roundTo(ratingSum / ratings, 2),
      contributors,
    })),
  });
};
