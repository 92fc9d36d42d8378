import { toDetail } from "../../../shared/base/fault.ts";
import { forgetWebhooks } from "../../platform/d1/forget-webhooks.ts";
import {
  claimThread,
  failThread,
  readThreadBehindRun,
  settleThread,
  takeStaleThreads,
} from "../../platform/d1/tracker-threads-store.ts";
import { takeStaleDeliveries } from "../../platform/d1/webhook-work-store.ts";
import { checkOutsideUrl, type EgressRules } from "../../platform/egress-rules.ts";
import { log } from "../../platform/log.ts";
import { dropAccess, openAccess, type TrackerParts } from "./open-access.ts";
import type { TrackerSweepDeps } from "./sweep-tracker.ts";
import type { TrackerDeps } from "./sync-thread.ts";

/** Ten calls at their longest, and some. */
const LEASE_MS = 120_000;
const GITHUB_API_URL = "https://api.github.com";

/** The one host that GitHub is called at. Nothing is called where the configured address may not be: no token goes elsewhere. */
export function toTrackerPlace(
  configured: string | undefined,
  how: Omit<EgressRules, "allowedHosts">,
): Pick<TrackerParts, "baseUrl" | "rules"> {
  const url = configured === undefined || configured === "" ? GITHUB_API_URL : configured;
  const rules = { ...how, allowedHosts: URL.canParse(url) ? [new URL(url).host] : [] };
  const checked = checkOutsideUrl(url, rules);
  if (checked.ok) return { baseUrl: url.replace(/\/+$/, ""), rules };
  log({ level: "error", event: "github_api_url_refused", detail: toDetail(checked.fault) });
  return { baseUrl: GITHUB_API_URL, rules: { ...rules, allowedHosts: [] } };
}

type Bound = "readThreadBehindRun" | "claimThread" | "settleThread" | "openAccess" | "dropAccess" | "failThread";

/** Binds what bringing issues to their tracker does to the database and the outside. */
export const bindTracker = (
  parts: TrackerParts,
): Pick<TrackerDeps, Bound> & Pick<TrackerSweepDeps, "takeStaleThreads" | "takeStaleDeliveries" | "forgetWebhooks"> => {
  const { db, nowMs } = parts;
  return {
    claimThread: (id, leaseToken) => claimThread(db, { id, leaseToken, leaseMs: LEASE_MS, nowMs: nowMs() }),
    settleThread: (settled) => settleThread(db, { ...settled, nowMs: nowMs() }),
    openAccess: (hookId) => openAccess(hookId, parts),
    dropAccess: (hookId) => dropAccess(hookId, parts),
    readThreadBehindRun: (runId) => readThreadBehindRun(db, { runId }),
    failThread: (id, failure) => failThread(db, { id, failure, nowMs: nowMs() }),
    takeStaleThreads: (input) => takeStaleThreads(db, input),
    takeStaleDeliveries: (input) => takeStaleDeliveries(db, input),
    forgetWebhooks: (input) => forgetWebhooks(db, input),
  };
};
