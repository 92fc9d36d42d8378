import { ok } from "../../../shared/base/result.ts";
import { decomposeRequestSchema, swarmRequestSchema } from "../../../shared/contract/decompose.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import { decomposeTask } from "../decompose-task.ts";
import type { Handler } from "../handler.ts";
import { toAsked, toDecomposedBody, toSwarmBody } from "../present-decomposition.ts";

/** POST /api/decompose */
export const decompose: Handler = async (input, deps) => {
  const body = parseWith(decomposeRequestSchema, input.body);
  if (!body.ok) return body;
  const decomposed = await decomposeTask({ tenantId: input.principal.tenantId, body: body.value }, deps);
  return decomposed.ok ? ok({ data: toDecomposedBody(decomposed.value, toAsked(body.value)) }) : decomposed;
};

/** POST /api/swarm */
export const swarm: Handler = async (input, deps) => {
  const body = parseWith(swarmRequestSchema, input.body);
  if (!body.ok) return body;
  const { maxParallel, ...asked } = body.value;
  const decomposed = await decomposeTask({ tenantId: input.principal.tenantId, body: asked }, deps);
  return decomposed.ok
    ? ok({ data: toSwarmBody(decomposed.value, { asked: toAsked(asked), maxParallel }) })
    : decomposed;
};
