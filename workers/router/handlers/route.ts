import { ok, type Result } from "../../../shared/base/result.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import {
  type RouteRequestBody,
  routeQuerySchema,
  routeRequestSchema,
  toRouteBody,
  toRouteRequest,
} from "../../../shared/contract/route.ts";
import { toTaskText } from "../../../shared/task/task.ts";
import type { RouterDeps } from "../deps.ts";
import type { Answer, Handler, HandlerInput } from "../handler.ts";
import { noteAsker } from "../note-asker.ts";
import { toDecisionBody } from "../present-decision.ts";
import { toGovernanceAsk } from "../present-governed.ts";
import { routeTask } from "../route-task.ts";

async function answerRoute(body: RouteRequestBody, input: HandlerInput, deps: RouterDeps): Promise<Result<Answer>> {
  const { tenantId, keyId } = input.principal;
  const routed = await routeTask(
    {
      tenantId,
      requestedBy: keyId ?? "anonymous",
      taskText: toTaskText({ task: body.task, files: body.context?.files ?? [], stack: body.context?.stack ?? [] }),
      taskId: body.task_id ?? null,
      reroute: body.reroute ?? false,
      request: toRouteRequest(body),
      repository: body.context?.repository,
      governance: body.governance === undefined ? undefined : toGovernanceAsk(body.governance),
    },
    deps,
  );
  if (!routed.ok) return routed;
  const { record, cached } = routed.value;
  const noted = record.core.gate.requiresApproval ? await noteAsker(record, keyId, deps) : ok(undefined);
  if (!noted.ok) return noted;
  const approval =
    record.core.gate.requiresApproval && cached ? await deps.readApproval(tenantId, record.id) : ok(null);
  if (!approval.ok) return approval;
  return ok({ data: toDecisionBody(record, approval.value?.id ?? null), meta: { cached } });
}

/** POST /api/route */
export const route: Handler = async (input, deps) => {
  const body = parseWith(routeRequestSchema, input.body);
  return body.ok ? answerRoute(body.value, input, deps) : body;
};

/** GET /api/route?task=… */
export const routeByQuery: Handler = async (input, deps) => {
  const query = parseWith(routeQuerySchema, input.query);
  return query.ok ? answerRoute(toRouteBody(query.value), input, deps) : query;
};
