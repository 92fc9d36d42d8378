import { fail, ok, type Result } from "../../../shared/base/result.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import { type PickRequest, pickQuerySchema, pickRequestSchema } from "../../../shared/contract/selection.ts";
import type { RouterDeps } from "../deps.ts";
import type { Answer, Handler, HandlerInput } from "../handler.ts";
import { toPickedBody, toSelectionMeta } from "../present-selection.ts";
import { selectModels } from "../select-models.ts";

async function answerPick(body: PickRequest, input: HandlerInput, deps: RouterDeps): Promise<Result<Answer>> {
  const selected = await selectModels({ tenantId: input.principal.tenantId, body, count: 1 }, deps);
  if (!selected.ok) return selected;
  const { asked, ranking } = selected.value;
  if (!ranking.ok) {
    const { fault } = ranking;
    if (fault.kind !== "no_candidates") return ranking;
    const { emptiedBy, before } = fault;
    const message = `No model for ${asked.subject.category} at budget ${asked.band}: of ${before} none passed the filter ${emptiedBy}`;
    return fail({ kind: "no_model", message, emptiedBy, before });
  }
  const [best] = ranking.value.ranked;
  if (best === undefined) throw new Error("a ranking that is no fault has a first row");
  return ok({ data: toPickedBody(best, ranking.value, asked), meta: toSelectionMeta(asked) });
}

/** GET /api/pick */
export const pickByQuery: Handler = async (input, deps) => {
  const query = parseWith(pickQuerySchema, input.query);
  return query.ok ? answerPick(query.value, input, deps) : query;
};

/** POST /api/pick */
export const pick: Handler = async (input, deps) => {
  const body = parseWith(pickRequestSchema, input.body);
  return body.ok ? answerPick(body.value, input, deps) : body;
};
