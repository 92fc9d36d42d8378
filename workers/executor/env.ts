import { toDetail } from "../../shared/base/fault.ts";
import type { Result } from "../../shared/base/result.ts";
import { RUN_LIMITS } from "../../shared/run/run-limits.ts";
import type { StepMessage } from "../../shared/run/step.ts";
import { openDb } from "../platform/d1/open-db.ts";
import type { DeliveryDoor } from "../platform/delivery-door.ts";
import { sendOutside } from "../platform/egress.ts";
import { parseHostList } from "../platform/egress-rules.ts";
import { log } from "../platform/log.ts";
import { toldSettings } from "../platform/memo.ts";
import type { PlanDoor } from "../platform/plan-door.ts";
import { parseProviderKeys } from "../platform/provider-keys.ts";
import { MASTER_SECRET_CHARS, makeSealer } from "../platform/seal.ts";
import type { AdvanceDeps } from "./advance-run.ts";
import { askRouter } from "./ask-router.ts";
import { bindExecutor } from "./bind-executor.ts";
import { bindProviders } from "./bind-providers.ts";
import type { BuryDeps } from "./bury-step.ts";
import { DEFAULT_ENDPOINTS, parseEndpoints } from "./providers/endpoint.ts";
import { readCount } from "./read-count.ts";
import { STALE_AFTER_MS, type SweepDeps } from "./sweep.ts";
import { bindTracker, toTrackerPlace } from "./tracker/bind-tracker.ts";
import { bindDeliveryDoor, type CarryDeps } from "./tracker/carry-delivery.ts";
import type { TrackerSweepDeps } from "./tracker/sweep-tracker.ts";
import type { TrackerDeps } from "./tracker/sync-thread.ts";

export interface ExecutorEnv {
  readonly DB: D1Database;
  readonly BLOBS: R2Bucket;
  readonly RUN_QUEUE: Queue<StepMessage>;
  /** The router's entry for planned parts and for deliveries. */
  readonly ROUTER: PlanDoor & DeliveryDoor;
  /** Secret under which texts, results and keys are sealed; without it no run starts. */
  readonly MASTER_SECRET?: string;
  /** JSON list of endpoints beside the four that are known. */
  readonly PROVIDER_ENDPOINTS?: string;
  /** Secret: JSON object of keys by endpoint. */
  readonly PROVIDER_KEYS?: string;
  /** Hosts that callbacks may go to, by comma. */
  readonly CALLBACK_HOSTS?: string;
  /** "on" lets listed endpoints on this machine be called over http. */
  readonly ALLOW_LOOPBACK_HTTP?: string;
  /** Of a GitHub server of one's own; api.github.com where it is not set. */
  readonly GITHUB_API_URL?: string;
  readonly RUNS_PER_TENANT?: string;
  readonly STEPS_PER_TENANT?: string;
  readonly STALE_AFTER_MS?: string;
  /** Where the queue hands out one batch at a time: how long it may wait for the slowest message of one. */
  readonly BATCH_HOLD_MS?: string;
}

/** Where the platform puts messages that were retried too often (wrangler.toml: dead_letter_queue). */
export const DEAD_LETTER_QUEUE = "spawnpoint-runs-dead";

const LEAST_HOLD_MS = 1;

/** A setting as it was read, or what stands in for it: then it is told, once an isolate. */
function readSetting<T>(what: "PROVIDER_ENDPOINTS" | "PROVIDER_KEYS", read: Result<T>, otherwise: T): T {
  if (read.ok) return read.value;
  const detail = toDetail(read.fault);
  if (toldSettings.isNew(`${what}: ${detail}`)) log({ level: "error", event: "setting_unreadable", what, detail });
  return otherwise;
}

type CountName = "RUNS_PER_TENANT" | "STEPS_PER_TENANT" | "STALE_AFTER_MS";

const toCount = (env: Pick<ExecutorEnv, CountName>, name: CountName, otherwise: number): number => {
  const { [name]: text } = env;
  return text === undefined ? otherwise : readCount(name, text, otherwise);
};

/** null = a batch is held until its last message is done with, as where a worker lives no longer than its batch. */
export const toHoldMs = ({ BATCH_HOLD_MS }: Pick<ExecutorEnv, "BATCH_HOLD_MS">): number | null =>
  BATCH_HOLD_MS === undefined ? null : readCount("BATCH_HOLD_MS", BATCH_HOLD_MS, LEAST_HOLD_MS);

type ExecutorDeps = AdvanceDeps & BuryDeps & SweepDeps & TrackerDeps & TrackerSweepDeps & CarryDeps;

export function toDeps(env: ExecutorEnv): ExecutorDeps {
  const db = openDb(env.DB);
  const masterSecret = env.MASTER_SECRET ?? "";
  const sealer = masterSecret.length < MASTER_SECRET_CHARS ? null : makeSealer(masterSecret);
  const nowMs = (): number => Date.now();
  const allowLoopbackHttp = env.ALLOW_LOOPBACK_HTTP === "on";
  const outside = bindProviders({
    ...{ db, sealer, masterSecret, nowMs, allowLoopbackHttp, fetch: sendOutside },
    // Without its list a deployment has the four that everybody knows: no key is led anywhere else.
    endpoints: readSetting("PROVIDER_ENDPOINTS", parseEndpoints(env.PROVIDER_ENDPOINTS ?? ""), DEFAULT_ENDPOINTS),
    keys: readSetting("PROVIDER_KEYS", parseProviderKeys(env.PROVIDER_KEYS ?? ""), new Map<string, string>()),
    callbackHosts: parseHostList(env.CALLBACK_HOSTS),
  });
  const place = toTrackerPlace(env.GITHUB_API_URL, { allowLoopbackHttp, fetch: sendOutside });
  const engine = bindExecutor({
    ...{ db, sealer, nowMs, ...outside },
    expandPlan: (ask) => askRouter(env.ROUTER, ask),
    bucket: env.BLOBS,
    queue: env.RUN_QUEUE,
    runsPerTenant: toCount(env, "RUNS_PER_TENANT", RUN_LIMITS.runsPerTenant),
    stepsPerTenant: toCount(env, "STEPS_PER_TENANT", RUN_LIMITS.stepsPerTenant),
    staleAfterMs: toCount(env, "STALE_AFTER_MS", STALE_AFTER_MS),
  });
  return { ...engine, ...bindTracker({ db, sealer, nowMs, ...place }), ...bindDeliveryDoor(env.ROUTER) };
}
