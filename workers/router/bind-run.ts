import { fail, ok, type Result } from "../../shared/base/result.ts";
import { withFreedPlaces } from "../platform/d1/freed-places.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { deleteProviderKey, listProviderKeys, saveProviderKey } from "../platform/d1/provider-keys-store.ts";
import { acceptRun } from "../platform/d1/run-accept-store.ts";
import { approveRun, cancelRun, giveRunVerdict, resumeRun } from "../platform/d1/run-change-store.ts";
import { beginIdempotency, endIdempotency } from "../platform/d1/run-idempotency-store.ts";
import { listRuns, readRun, readRunCalls, readRunEvents, readRunSteps } from "../platform/d1/run-read-store.ts";
import type { RunChange, StepKey } from "../platform/d1/run-row.ts";
import { sendOutside } from "../platform/egress.ts";
import { checkOutsideUrl, parseHostList } from "../platform/egress-rules.ts";
import { ACCEPTED } from "../platform/http.ts";
import { type ProviderEndpoint, parseEndpoints } from "../platform/provider-endpoints.ts";
import { parseProviderKeys } from "../platform/provider-keys.ts";
import { type StepBatchQueue, sendSteps } from "../platform/queue.ts";
import { artifactKey, readArtifact, saveArtifact, sealRunTexts } from "../platform/run-artifacts.ts";
import { MASTER_SECRET_CHARS, makeSealer, type Sealer, toCallbackSecret } from "../platform/seal.ts";
import type { NewRun, RunDeps } from "./run-deps.ts";
import { readRouteState } from "./world.ts";

/** What of the deployment's configuration the doors of runs read; absent = not configured. */
export interface RunConfig {
  readonly BLOBS: R2Bucket;
  readonly RUN_QUEUE: StepBatchQueue;
  /** Seals texts, results and keys; without it runs are not available. */
  readonly MASTER_SECRET?: string;
  /** JSON list of endpoints beside the four that everybody knows. */
  readonly PROVIDER_ENDPOINTS?: string;
  /** JSON object of the deployment's own keys by endpoint; here only their names are read. */
  readonly PROVIDER_KEYS?: string;
  /** Hosts that may be told of a run's end, separated by commas. */
  readonly CALLBACK_HOSTS?: string;
  /** "on" lets loopback hosts on that list be told over http: for development. */
  readonly ALLOW_LOOPBACK_HTTP?: string;
}

export interface RunBinding {
  readonly db: Db;
  readonly config: RunConfig;
  readonly nowMs: () => number;
  readonly newId: (prefix: string) => string;
}

/** Enough to tell two keys apart, and nothing to guess the rest by. */
const SHOWN_CHARS = 4;
/** Of a shorter key nothing is shown: four of eight characters are half of it. */
const SHOWN_FROM_CHARS = 16;

/** Lock keys are digests, so nothing is ever held under this one. */
const NO_LOCK = "";

function readSealer({ MASTER_SECRET = "" }: RunConfig): Result<Sealer> {
  if (MASTER_SECRET.length >= MASTER_SECRET_CHARS) return ok(makeSealer(MASTER_SECRET));
  const detail = `MASTER_SECRET has ${MASTER_SECRET.length} characters of ${MASTER_SECRET_CHARS}`;
  return fail({ kind: "unavailable", what: "runs: this deployment has no master secret", detail });
}

const readEndpoints = ({ PROVIDER_ENDPOINTS = "" }: RunConfig): Result<readonly ProviderEndpoint[]> =>
  parseEndpoints(PROVIDER_ENDPOINTS);

/** Names of the endpoints that the deployment has a key of. Fault: malformed_data. */
function readKeyNames({ PROVIDER_KEYS = "" }: RunConfig): Result<readonly string[]> {
  const keys = parseProviderKeys(PROVIDER_KEYS);
  return keys.ok ? ok([...keys.value.keys()]) : keys;
}

/** Puts the steps that a change released into the queue. One that is lost there is sent again by the sweeper. */
async function release(released: readonly StepKey[], queue: StepBatchQueue): Promise<void> {
  if (released.length === 0) return;
  await sendSteps(
    queue,
    released.map(({ runId, stepId }) => ({ run_id: runId, step_id: stepId })),
  );
}

const bindReach = ({ config }: RunBinding, listKeys: RunDeps["listProviderKeys"]) =>
  ({
    knownProviders: () => {
      const endpoints = readEndpoints(config);
      return endpoints.ok ? ok(endpoints.value.map(({ name }) => name)) : endpoints;
    },
    readReach: async (tenantId) => {
      const [endpoints, deployed, own] = [readEndpoints(config), readKeyNames(config), await listKeys(tenantId)];
      if (!endpoints.ok) return endpoints;
      if (!deployed.ok) return deployed;
      if (!own.ok) return own;
      const keyed = new Set([...deployed.value, ...own.value.map(({ provider }) => provider)]);
      const open = endpoints.value.filter(({ name, needsKey }) => !needsKey || keyed.has(name));
      return ok(new Set(open.map(({ name }) => name)));
    },
    checkCallbackUrl: (url) => {
      const checked = checkOutsideUrl(url, {
        allowedHosts: parseHostList(config.CALLBACK_HOSTS),
        allowLoopbackHttp: config.ALLOW_LOOPBACK_HTTP === "on",
        fetch: sendOutside,
      });
      return checked.ok ? ok(undefined) : checked;
    },
  }) satisfies Partial<RunDeps>;

const bindReading = ({ db, config }: RunBinding) =>
  ({
    readRun: (key) => readRun(db, key),
    listRuns: (query) => listRuns(db, query),
    readRunSteps: (key) => readRunSteps(db, key),
    readRunCalls: (key) => readRunCalls(db, key),
    readRunEvents: (query) => readRunEvents(db, query),
    readMergeNotes: async (step) => {
      const sealer = readSealer(config);
      return sealer.ok ? readArtifact(config.BLOBS, sealer.value, artifactKey({ ...step, name: "notes" })) : sealer;
    },
    readCallbackSecret: async (tenantId) => {
      const sealer = readSealer(config);
      return sealer.ok ? ok(await toCallbackSecret(config.MASTER_SECRET ?? "", tenantId)) : sealer;
    },
    readOutput: async (outputKey) => {
      const sealer = readSealer(config);
      return sealer.ok ? readArtifact(config.BLOBS, sealer.value, outputKey) : sealer;
    },
  }) satisfies Partial<RunDeps>;

async function storeRun({ texts, ...run }: NewRun, { db, config }: RunBinding) {
  const sealer = readSealer(config);
  if (!sealer.ok) return sealer;
  const sealedTexts = await sealRunTexts(sealer.value, run.runId, texts);
  const idempotency = run.idempotency === null ? null : { ...run.idempotency, status: ACCEPTED };
  const accepted = await acceptRun(db, { ...run, idempotency, kind: run.plan.mode, sealedTexts });
  if (!accepted.ok) return accepted;
  if (accepted.value.kind === "accepted") await release(accepted.value.released, config.RUN_QUEUE);
  return ok(accepted.value.kind);
}

const bindChanges = (binding: RunBinding) => {
  const { db, config, nowMs, newId } = binding;
  const released = async (changed: Result<RunChange>): Promise<Result<RunChange>> => {
    if (changed.ok) await release(changed.value.released, config.RUN_QUEUE);
    return changed;
  };
  return {
    acceptRun: (run) => storeRun(run, binding),
    beginIdempotency: (request) => beginIdempotency(db, { ...request, nowMs: nowMs() }),
    endIdempotency: (request) => endIdempotency(db, request),
    cancelRun: async (key) => {
      const change = { ...key, nowMs: nowMs() };
      return released(await withFreedPlaces(db, await cancelRun(db, change), change));
    },
    approveRun: async (approval) => released(await approveRun(db, { ...approval, nowMs: nowMs() })),
    resumeRun: async (change) => released(await resumeRun(db, { ...change, nowMs: nowMs() })),
    giveRunVerdict: async ({ evidence, ...verdict }) => {
      if (evidence === null) return released(await giveRunVerdict(db, { ...verdict, evidence: null, nowMs: nowMs() }));
      const sealer = readSealer(config);
      if (!sealer.ok) return sealer;
      const { runId, stepId } = verdict;
      // A name of its own: of two verdicts at once the one that is refused must not leave its words under the other's.
      const key = artifactKey({ runId, stepId, name: newId("evidence") });
      const saved = await saveArtifact(config.BLOBS, sealer.value, { key, text: evidence });
      if (!saved.ok) return saved;
      const kept = { key, bytes: saved.value.bytes };
      return released(await giveRunVerdict(db, { ...verdict, evidence: kept, nowMs: nowMs() }));
    },
  } satisfies Partial<RunDeps>;
};

const bindProviderKeys = ({ db, config, nowMs }: RunBinding) =>
  ({
    saveProviderKey: async ({ tenantId, provider, secret, savedBy }) => {
      const sealer = readSealer(config);
      if (!sealer.ok) return sealer;
      const id = `${tenantId}/${provider}`;
      const sealed = await sealer.value.seal({ purpose: "provider_key", id, text: secret });
      const last4 = secret.length < SHOWN_FROM_CHARS ? "" : secret.slice(-SHOWN_CHARS);
      return saveProviderKey(db, { tenantId, provider, sealed, last4, savedBy, nowMs: nowMs() });
    },
    listProviderKeys: (tenantId) => listProviderKeys(db, { tenantId }),
    deleteProviderKey: (tenantId, provider) => deleteProviderKey(db, { tenantId, provider }),
  }) satisfies Partial<RunDeps>;

/** Binds what the doors of runs may do to the database, the bucket, the queue and the configuration. */
export function bindRun(binding: RunBinding): RunDeps {
  const { db, nowMs } = binding;
  const keys = bindProviderKeys(binding);
  return {
    readWorld: async (tenantId) => {
      const state = await readRouteState(db, { tenantId, lockKey: NO_LOCK, nowMs: nowMs() });
      return state.ok ? state.value.readWorld() : state;
    },
    ...bindReach(binding, keys.listProviderKeys),
    ...bindReading(binding),
    ...bindChanges(binding),
    ...keys,
  };
}
