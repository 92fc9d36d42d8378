import { ok } from "../../../shared/base/result.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import { composeRequestSchema, toComposedBody, toRoleBlocksBody } from "../../../shared/contract/roles.ts";
import { composeRole as compose } from "../../../shared/prompt/compose-role.ts";
import type { Handler } from "../handler.ts";

/** GET /api/roles/blocks */
export const listRoleBlocks: Handler = async () => ok({ data: toRoleBlocksBody() });

/** POST /api/roles/compose */
export const composeRole: Handler = async (input) => {
  const body = parseWith(composeRequestSchema, input.body);
  if (!body.ok) return body;
  const { task, persona, stack, domain, format, guardrails } = body.value;
  const given = {
    ...(stack === undefined ? {} : { stack }),
    ...(guardrails === undefined ? {} : { guardrails }),
  };
  const role = { task, persona: persona ?? null, domain: domain ?? null, format: format ?? null, ...given };
  return ok({ data: toComposedBody(compose(role)) });
};
