import { ok, type Result } from "../../../../shared/base/result.ts";
import type { GithubHook } from "../../../platform/webhook-hook.ts";
import type { RouterDeps } from "../../deps.ts";
import { type Effect, NO_EFFECT } from "./answer-delivery.ts";
import type { Intent } from "./github-intent.ts";
import { noteClosed, noteDiscarded, noteMerged, noteReopened, noteReverted } from "./note-end.ts";
import { obeyCommand } from "./obey-command.ts";
import { routeIssue } from "./route-issue.ts";

/** Where an event came from, and the token of the delivery that is worked on. */
export interface EventPlace {
  readonly hook: GithubHook;
  /** Lower case. */
  readonly repository: string;
  readonly token: string;
}

/** Does what an event asks for. Every part of it is done once, however often the event comes. */
export async function carryOut(
  intent: Exclude<Intent, { readonly kind: "ignored" }>,
  place: EventPlace,
  deps: RouterDeps,
): Promise<Result<Effect>> {
  switch (intent.kind) {
    case "route": {
      const noted = intent.wasReopened
        ? await noteReopened({ ...intent, number: intent.issue.number }, place, deps)
        : ok(NO_EFFECT);
      return noted.ok ? routeIssue(intent, place, deps) : noted;
    }
    case "command":
      return obeyCommand(intent, place, deps);
    case "reopened":
      return noteReopened(intent, place, deps);
    case "closed":
      return noteClosed(intent, place, deps);
    case "merged":
      return noteMerged(intent, place, deps);
    case "discarded":
      return noteDiscarded(intent, place, deps);
    case "reverted":
      return noteReverted(intent, place, deps);
  }
}
