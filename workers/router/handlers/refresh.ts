import { fail, ok, type Result } from "../../../shared/base/result.ts";
import { REFRESH_LIMITS } from "../../../shared/catalog/refresh-limits.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import { refreshRequestSchema } from "../../../shared/contract/refresh.ts";
import type { RouterDeps } from "../deps.ts";
import type { Answer, Handler } from "../handler.ts";
import { toHeldBack } from "../held-back.ts";

const conflict = (message: string): Result<never> => fail({ kind: "conflict", message });

/** POST /api/refresh: a row that the enricher picks up at once, or the cron soon; or a word for what was held back. */
export const startRefresh: Handler = async ({ principal, body }, deps) => {
  const asked = parseWith(refreshRequestSchema, body ?? {});
  if (!asked.ok) return asked;
  const { accept_held, version } = asked.value;
  if (accept_held === true) return acceptHeld(version ?? null, deps);
  if (version !== undefined) {
    return fail({ kind: "invalid_param", field: "version", message: "Cannot read version without accept_held" });
  }
  const answer = await deps.askForRefresh(principal.keyId ?? principal.tenantId);
  if (!answer.ok) return answer;
  if (answer.value.kind === "limited") {
    return fail({ kind: "rate_limited", retryAfterS: answer.value.retryAfterS });
  }
  if (answer.value.kind === "running") {
    return ok({ data: { started: false, message: "A refresh is running already; see GET /api/status" } });
  }
  deps.nudgeEnricher();
  return ok({ data: { started: true, estimatedSeconds: REFRESH_LIMITS.requests.estimatedSeconds } });
};

async function acceptHeld(version: string | null, deps: RouterDeps): Promise<Result<Answer>> {
  const [status, catalog] = await Promise.all([deps.readRefreshStatus(), deps.readCatalog()]);
  if (!status.ok) return status;
  if (!catalog.ok) return catalog;
  const over = catalog.value.version;
  const held = toHeldBack(status.value.lastAsked, over);
  if (held === null) return conflict("Cannot accept: no catalogue is held back");
  if (version !== null && version !== held.version) {
    return conflict(`Cannot accept ${version}: the catalogue that is held back is ${held.version}`);
  }
  const served = await deps.serveHeld({ version: held.version, over });
  if (!served.ok) return served;
  if (!served.value) return conflict("Cannot accept: another catalogue is served by now");
  return ok({
    data: { started: false, message: "The catalogue that was held back is served", accepted: held.version },
  });
}
