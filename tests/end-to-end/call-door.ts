import type { ModelCall } from "../../shared/run/model-call.ts";
import { callModel } from "../../workers/executor/call-model.ts";
import { type ProviderEndpoint, toAllowedHosts } from "../../workers/executor/providers/endpoint.ts";
import { sendOutside } from "../../workers/platform/egress.ts";

/** What the door is given: a call, and where it may go. */
export interface DoorBody {
  readonly call: ModelCall;
  readonly endpoints: readonly ProviderEndpoint[];
  readonly key: { readonly secret: string; readonly host: string };
  /** Whether no time passes for the call but that of its timers: a slow machine is none that waited. */
  readonly isClockStill: boolean;
}

/** A worker of this test alone: callModel() inside the runtime, over its own sockets. */
export default {
  async fetch(request: Request): Promise<Response> {
    // Only the test beside this file calls it.
    const { call, endpoints, key, isClockStill } = (await request.json()) as DoorBody;
    const rules = { allowedHosts: toAllowedHosts(endpoints), allowLoopbackHttp: true, fetch: sendOutside };
    const startedMs = Date.now();
    const nowMs = (): number => (isClockStill ? startedMs : Date.now());
    const outcome = await callModel(call, { endpoints, keyOf: () => key, rules, nowMs, cancel: null });
    return Response.json({ outcome });
  },
};
