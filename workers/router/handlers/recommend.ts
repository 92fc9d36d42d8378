import { ok, type Result } from "../../../shared/base/result.ts";
import type { ModelBody } from "../../../shared/contract/models.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import {
  type RecommendRequest,
  recommendQuerySchema,
  recommendRequestSchema,
} from "../../../shared/contract/selection.ts";
import type { RankedModel } from "../../../shared/policy/ranking.ts";
import type { RouterDeps } from "../deps.ts";
import type { Answer, Handler, HandlerInput } from "../handler.ts";
import { toRecommendedBody, toSelectionMeta } from "../present-selection.ts";
import { selectModels } from "../select-models.ts";

function bodyOf({ entry }: RankedModel, bodies: readonly ModelBody[]): ModelBody {
  const { id, effort } = entry.model;
  const body = bodies.find((row) => row.id === id && row.effort === effort);
  if (body === undefined) throw new Error(`${id} at ${effort} is ranked and not in the catalogue`);
  return body;
}

/** No model of that description is an empty list here, as clients of smart-spawn expect. */
async function answerRecommend(body: RecommendRequest, input: HandlerInput, deps: RouterDeps): Promise<Result<Answer>> {
  const { tenantId } = input.principal;
  const selected = await selectModels({ tenantId, body, count: body.count ?? 1 }, deps);
  if (!selected.ok) return selected;
  const { asked, ranking } = selected.value;
  if (!ranking.ok && ranking.fault.kind !== "no_candidates") return ranking;
  const { ranked, considered } = ranking.ok ? ranking.value : { ranked: [], considered: 0 };
  const bodies = await deps.recallModelBodies(asked.catalog);
  if (!bodies.ok) return bodies;
  const data = ranked.map((row, i) => toRecommendedBody(row, bodyOf(row, bodies.value), { asked, isBest: i === 0 }));
  return ok({
    data,
    meta: {
      task: asked.subject.category,
      taskRaw: body.task ?? body.category,
      budget: asked.band,
      candidatesConsidered: considered,
      count: body.count ?? 1,
      ...toSelectionMeta(asked),
    },
  });
}

/** GET /api/recommend */
export const recommendByQuery: Handler = async (input, deps) => {
  const query = parseWith(recommendQuerySchema, input.query);
  return query.ok ? answerRecommend(query.value, input, deps) : query;
};

/** POST /api/recommend */
export const recommend: Handler = async (input, deps) => {
  const body = parseWith(recommendRequestSchema, input.body);
  return body.ok ? answerRecommend(body.value, input, deps) : body;
};
