import * as z from "zod";
import { ok, type Result } from "../../../shared/base/result.ts";
import { parseWith } from "../../../shared/contract/parse.ts";

const withParams = (params: z.ZodType) => z.looseObject({ params });
const page = withParams(z.looseObject({ cursor: z.string().optional() }).optional());

/** The requests that are answered here, as far as both generations of the protocol agree on them. */
const REQUESTS: ReadonlyMap<unknown, z.ZodType> = new Map([
  [
    "initialize",
    withParams(
      z.looseObject({
        protocolVersion: z.string(),
        capabilities: z.looseObject({}),
        clientInfo: z.looseObject({ name: z.string(), version: z.string() }),
      }),
    ),
  ],
  ["tools/list", page],
  ["tools/call", withParams(z.looseObject({ name: z.string(), arguments: z.looseObject({}).optional() }))],
  ["resources/list", page],
  ["resources/templates/list", page],
  ["resources/read", withParams(z.looseObject({ uri: z.string() }))],
]);

/**
 * Whether a message's params are those of its method; the protocol's library would call it an internal error where they
 * are not, and show its checker's own words. Faults: missing_param, invalid_param.
 */
export function checkParams(message: Readonly<Record<string, unknown>>): Result<unknown> {
  const schema = REQUESTS.get(message.method);
  return schema === undefined ? ok(undefined) : parseWith(schema, message);
}
