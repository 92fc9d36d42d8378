import type { ModelCall } from "../../shared/run/model-call.ts";
import { callModel } from "../../workers/executor/call-model.ts";
import { type ProviderEndpoint, toAllowedHosts } from "../../workers/executor/providers/endpoint.ts";
import { sendOutside } from "../../workers/platform/egress.ts";

/** What the door is given: a call, and where it may go. */
export interface DoorBody {
  readonly call: ModelCall;
  readonly endpoints: readonly ProviderEndpoint[];
  readonly key: { readonly secret: string; readonly host: string };
}

/** A worker of this test alone: callModel() inside the runtime, over its own sockets. */
export default {
  async fetch(request: Request): Promise<Response> {
    // Only the test beside this file calls it.
    const { call, endpoints, key } = (await request.json()) as DoorBody;
    const rules = { allowedHosts: toAllowedHosts(endpoints), allowLoopbackHttp: true, fetch: sendOutside };
    const startedMs = Date.now();
    const deps = { endpoints, keyOf: () => key, rules, nowMs: () => Date.now(), cancel: null };
    const outcome = await callModel(call, deps);
    return Response.json({ outcome, tookMs: Date.now() - startedMs });
  },
};
