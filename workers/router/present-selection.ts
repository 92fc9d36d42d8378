import { roundTo } from "../../shared/base/stats.ts";
import { toUsd } from "../../shared/contract/fields.ts";
import type { PickedBody, RecommendedBody } from "../../shared/contract/selection.ts";
import { PARAMETERS } from "../../shared/policy/parameters.ts";
import type { Band } from "../../shared/policy/policy.ts";
import { makeScorer, toRankScore } from "../../shared/policy/rank-list.ts";
import type { RankedModel, Ranking } from "../../shared/policy/ranking.ts";
import type { Asked } from "./select-models.ts";

/** The ceiling of a band in USD per 1M input tokens; null = none. */
function toCeilingUsd(band: Band): number | null {
  const ceiling = PARAMETERS.bandCeilings[band];
  return Number.isFinite(ceiling) ? toUsd(ceiling) : null;
}

interface Shown {
  readonly score: number;
  readonly benchmarkScore: number;
  readonly personalScore: number | null;
  readonly confidence: number;
  readonly effort: RecommendedBody["effort"];
  readonly flags: string[];
}

/** What the row scores by benchmarks in the category alone, and what the context tags added to its score. */
function toContextPart({ entry, score, correction }: RankedModel, { catalog, mix, plainMix }: Asked) {
  if (mix.key === plainMix.key) return { benchmarkScore: entry.benchmarkScore, contextBoost: 0 };
  const measured = makeScorer(catalog)(entry.model, plainMix);
  const benchmarkScore = measured ?? 0;
  const plain = { benchmarkScore, linked: measured !== null, model: entry.model };
  const before = toRankScore(plain, plainMix, correction);
  return { benchmarkScore, contextBoost: roundTo(score - before, mix.byWindow ? 6 : 2) };
}

const toShown = (ranked: RankedModel, benchmarkScore: number): Shown => ({
  score: ranked.score,
  benchmarkScore,
  personalScore: ranked.personalScore === null ? null : roundTo(ranked.personalScore / 100, 4),
  confidence: ranked.confidence,
  effort: ranked.entry.model.effort,
  flags: [...ranked.entry.flags],
});

const toPercent = (share: number): string => `${Math.round(100 * share)} %`;

/** Why this row: the numbers that put it where it stands. */
function toReason(shown: Shown, ranked: RankedModel, { asked, isBest }: { asked: Asked; isBest: boolean }): string {
  const ceiling = toCeilingUsd(asked.ceiling);
  const price = ceiling === null ? "at any price" : `up to $${ceiling} per 1M input tokens`;
  const parts = [
    `${isBest ? "Best" : "Strong"} ${asked.subject.category} model ${price}: score ${shown.score}`,
    ...(ranked.entry.linked ? [] : ["no benchmark speaks of it, so it stands behind every measured model"]),
    ...(asked.mix.byWindow ? [`ranked by its window of ${ranked.entry.model.contextTokens} tokens`] : []),
    `about ${toPercent(shown.confidence)} chance of success`,
    ...(shown.personalScore === null ? [] : [`your own ratings say ${toPercent(shown.personalScore)}`]),
  ];
  return parts.join(", ");
}

/** GET /api/pick's `data`. */
export function toPickedBody(ranked: RankedModel, { considered }: Ranking, asked: Asked): PickedBody {
  const { model } = ranked.entry;
  const { benchmarkScore, contextBoost } = toContextPart(ranked, asked);
  const shown = toShown(ranked, benchmarkScore);
  return {
    id: model.id,
    name: model.name,
    provider: model.vendor,
    ...shown,
    ...(asked.contextTags === null ? {} : { contextBoost, contextTags: [...asked.contextTags] }),
    pricing: {
      prompt: toUsd(model.prices.promptMicroUsdPerMillion),
      completion: toUsd(model.prices.completionMicroUsdPerMillion),
    },
    budget: asked.band,
    tier: { min: 0, max: toCeilingUsd(asked.ceiling) },
    candidateCount: considered,
    reason: toReason(shown, ranked, { asked, isBest: true }),
    category: asked.subject.category,
  };
}

/** One row of GET /api/recommend; `model` is its row of the catalogue as it is shown. */
export function toRecommendedBody(
  ranked: RankedModel,
  model: RecommendedBody["model"],
  { asked, isBest }: { readonly asked: Asked; readonly isBest: boolean },
): RecommendedBody {
  const shown = toShown(ranked, toContextPart(ranked, asked).benchmarkScore);
  return { model, reason: toReason(shown, ranked, { asked, isBest }), ...shown };
}

/** What both doors say of how the request was understood. */
export const toSelectionMeta = ({ subject, tags, catalog }: Asked) => ({
  category: subject.category,
  category_from: subject.from,
  ignored_context: tags.ignored,
  catalog_version: catalog.version,
});
