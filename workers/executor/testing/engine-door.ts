import { env } from "cloudflare:workers";
import type { D1Database } from "@cloudflare/workers-types";
import { openDb } from "../../platform/d1/open-db.ts";
import { sendOutside } from "../../platform/egress.ts";
import { bindProviders } from "../bind-providers.ts";
import type { EngineDoorAnswer, EngineDoorBody } from "./engine-door-body.ts";
import { checkBooks, makeExecutor, SECRET } from "./made-executor.ts";

let unhandled = 0;
addEventListener("unhandledrejection", () => {
  unhandled += 1;
});

async function runOnce(d1: D1Database, body: EngineDoorBody): Promise<EngineDoorAnswer> {
  const { tenantId, plan, texts, endpoints, models, capMicroUsd } = body;
  const db = openDb(d1);
  const outside = bindProviders({
    ...{ db, sealer: null, masterSecret: SECRET, endpoints, callbackHosts: [], allowLoopbackHttp: true },
    ...{
      keys: new Map(endpoints.map(({ name }) => [name, body.key])),
      fetch: sendOutside,
      nowMs: body.isClockStill === true ? () => 0 : () => Date.now(),
    },
  });
  const executor = makeExecutor(db, () => "nobody is asked", {
    callModel: (tenant, call, cancel) => outside.callModel(tenant, { ...call, ...body.limits[call.provider] }, cancel),
  });
  const wanted = { tenantId, texts, ...(models && { models }), ...(capMicroUsd && { capMicroUsd }) };
  const runId = await executor.accept(plan, wanted);
  await executor.drain();
  const seen = await executor.look(runId, tenantId);
  const { spentMicroUsd, reservedMicroUsd, overrunMicroUsd, frozen } = seen.run.budget;
  const { prefer, otherwise } = plan.result;
  const from = [...prefer, ...otherwise].find((stepId) => seen.states[stepId] === "done");
  return {
    state: seen.run.state,
    steps: seen.steps.map(({ stepId, status, failure }) => ({ stepId, state: status.state, failure })),
    ...{ calls: seen.calls, spentMicroUsd, reservedMicroUsd, overrunMicroUsd, frozen, isBalanced: checkBooks(seen) },
    output: from === undefined ? null : await executor.output(runId, from, tenantId),
    unhandled,
  };
}

/** A worker of tests alone: the executor's stages inside the runtime, over its own sockets, with a clock that skips waits. */
export default {
  async fetch(request: Request): Promise<Response> {
    // Only the tests in tests/end-to-end call it.
    const body = (await request.json()) as EngineDoorBody;
    return Response.json(await runOnce(env.DB, body));
  },
};
