import { WorkerEntrypoint } from "cloudflare:workers";
import { IttyRouter } from "itty-router";
import type { Result } from "../../shared/base/result.ts";
import { DOORS, type DoorName } from "../../shared/contract/doors.ts";
import { toMounts } from "../../shared/contract/peer-paths.ts";
import type { DeliveryDoor } from "../platform/delivery-door.ts";
import { errorResponse, internalErrorResponse } from "../platform/http.ts";
import { log, toErrorFields } from "../platform/log.ts";
import type { ExpandedPlan, PlanAsk, PlanDoor } from "../platform/plan-door.ts";
import { answerDoor, type DoorContext } from "./answer-door.ts";
import { type Env, toDeps, toDoorContext } from "./env.ts";
import { expandPlan } from "./expand-plan.ts";
import { workDelivery } from "./surfaces/webhooks/work-delivery.ts";

const PATHS = [...new Set(Object.values(DOORS).map((door) => door.path))];
const DOOR_NAMES = Object.keys(DOORS) as DoorName[];

/** The methods one path takes, each with its door. */
const doorsAt = (path: string): ReadonlyMap<string, DoorName> =>
  new Map(DOOR_NAMES.filter((name) => DOORS[name].path === path).map((name) => [DOORS[name].method, name]));

/** Path matching alone; everything a request must pass is in answerDoor. */
function makeRouter() {
  const router = IttyRouter();
  for (const path of PATHS) {
    const doors = doorsAt(path);
    for (const mount of toMounts(path)) {
      router.all(mount, (request, context: DoorContext) => {
        const name = doors.get(request.method);
        if (name === undefined) return errorResponse({ kind: "method_not_allowed", allow: [...doors.keys()] });
        return answerDoor(name, { request: context.request, params: request.params }, context);
      });
    }
  }
  return router;
}

const router = makeRouter();

/** What the executor may ask for; reached by a service binding, never over HTTP. */
export class ExecutorDoor extends WorkerEntrypoint<Env> implements PlanDoor, DeliveryDoor {
  /** The parts of a drafted plan, decided and priced. An error is thrown to the caller, which takes it for being away. */
  async expandPlan(ask: PlanAsk): Promise<Result<ExpandedPlan>> {
    return expandPlan(
      ask,
      toDeps(this.env, (work) => this.ctx.waitUntil(work)),
    );
  }

  /** A tracker's delivery that was kept. */
  async carryOutDelivery(token: string) {
    return workDelivery(
      token,
      toDeps(this.env, (work) => this.ctx.waitUntil(work)),
    );
  }
}

export default {
  async fetch(request, env, context): Promise<Response> {
    try {
      // A Host header that makes no URL: every check behind would throw on it.
      if (!URL.canParse(request.url)) return errorResponse({ kind: "host_not_allowed" });
      const answer: Response | undefined = await router.fetch(request, toDoorContext(request, env, context));
      return answer ?? errorResponse({ kind: "not_found", what: "path", id: new URL(request.url).pathname });
    } catch (thrown) {
      log({ level: "error", event: "bug", ...toErrorFields(thrown) });
      return internalErrorResponse();
    }
  },
} satisfies ExportedHandler<Env>;
