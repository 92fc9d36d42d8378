import { fail, ok } from "../../shared/base/result.ts";
import { defaultPolicy } from "../../shared/policy/policy.ts";
import type { StepMessage } from "../../shared/run/step.ts";
import { authenticate } from "../platform/auth.ts";
import { randomBytes, sha256Hex } from "../platform/crypto.ts";
import { readKeyByHash } from "../platform/d1/api-keys-store.ts";
import { readApproval, saveApproval, saveAsker } from "../platform/d1/approvals-store.ts";
import { listDecisions, readDecision, saveDecision } from "../platform/d1/decisions-store.ts";
import { type Db, openDb } from "../platform/d1/open-db.ts";
import { saveOutcome } from "../platform/d1/outcomes-store.ts";
import { readPolicyVersion, savePolicy } from "../platform/d1/policies-store.ts";
import { insertRunWithStep, readStep } from "../platform/d1/runs-store.ts";
import { applyVerdict, readVerdictCosts } from "../platform/d1/verdicts-store.ts";
import { checkHost } from "../platform/host.ts";
import { ID_RANDOM_BYTES, newId } from "../platform/ids.ts";
import { checkRateLimit, clientAddress } from "../platform/limit.ts";
import { keyMemo } from "../platform/memo.ts";
import { sendStep } from "../platform/queue.ts";
import { readBlob } from "../platform/r2.ts";
import type { DoorContext } from "./answer-door.ts";
import { feedbackDeps } from "./bind-feedback.ts";
import { bindGovernance } from "./bind-governance.ts";
import { bindRefresh, type EnricherDoor } from "./bind-refresh.ts";
import { bindRun, type RunConfig } from "./bind-run.ts";
import { bindSelection } from "./bind-selection.ts";
import { bindVerifiers } from "./bind-verifiers.ts";
import { bindWebhooks } from "./bind-webhooks.ts";
import type { RouterDeps } from "./deps.ts";
import { bundledModel } from "./inference/bundled-model.ts";
import { makeClassifier } from "./inference/classifier.ts";
import { toConfiguredGraph } from "./inference/model-source.ts";
import { readCatalogVersion, readCurrentCatalog, readPolicy, readRouteState } from "./world.ts";

export interface Env extends Omit<RunConfig, "RUN_QUEUE"> {
  readonly DB: D1Database;
  readonly BLOBS: R2Bucket;
  readonly RUN_QUEUE: Queue<StepMessage>;
  readonly RATE_LIMITER: RateLimit;
  readonly ENRICHER: EnricherDoor;
  /** "bundled" or "r2:<prefix>". */
  readonly MODEL_SOURCE: string;
  readonly ANONYMOUS_READ: string;
  /** "on" lets requests without a key give feedback too, which moves the picks of the tenant "anonymous" alone. */
  readonly ANONYMOUS_FEEDBACK: string;
  /** Address the local host listens on; empty when deployed. */
  readonly BIND_HOST: string;
  readonly PLATFORM: string;
  /** 60; "0" switches the limiter off, for a measurement or behind a gateway that limits. */
  readonly RATE_LIMIT_PERIOD_S: string;
}

type Clock = () => number;

const toId = (prefix: string): string => newId(prefix, { nowMs: Date.now(), random: randomBytes(ID_RANDOM_BYTES) });

/** Twice the largest graph that can live in an isolate: what is larger is not a model meant for here. */
const MODEL_FILE_LIMIT_BYTES = 256 * 1024 * 1024;

const policyDeps = (db: Db, nowMs: Clock) =>
  ({
    readPolicy: (tenantId) => readPolicy(db, tenantId),
    readPolicyVersion: async (tenantId, version) => {
      if (version === 0) return ok(defaultPolicy);
      const stored = await readPolicyVersion(db, { tenantId, version });
      if (!stored.ok) return stored;
      const missing = { kind: "not_found", what: "policy", id: String(version) } as const;
      return stored.value === null ? fail(missing) : ok(stored.value.policy);
    },
    savePolicy: (input) => savePolicy(db, { ...input, createdAtMs: nowMs() }),
  }) satisfies Partial<RouterDeps>;

const decisionDeps = (db: Db, nowMs: Clock) =>
  ({
    saveDecision: async (record, locks, events = []) => {
      const saved = await saveDecision(db, { record, locks, events, nowMs: nowMs() });
      if (!saved.ok) return saved;
      return saved.value.won ? ok(record) : readDecision(db, { tenantId: record.tenantId, id: saved.value.decisionId });
    },
    readDecision: (tenantId, id) => readDecision(db, { tenantId, id }),
    listDecisions: (query) => listDecisions(db, query),
    readVerdictCosts: (tenantId, decisionId) => readVerdictCosts(db, { tenantId, decisionId }),
    applyVerdict: (verdict) => applyVerdict(db, verdict),
    saveOutcome: (outcome) => saveOutcome(db, outcome),
    saveAsker: (asker) => saveAsker(db, asker),
    saveApproval: (approval) => saveApproval(db, approval),
    readApproval: (tenantId, decisionId) => readApproval(db, { tenantId, decisionId }),
  }) satisfies Partial<RouterDeps>;

const probeDeps = (db: Db, queue: Queue<StepMessage>, nowMs: Clock) =>
  ({
    startProbe: async (tenantId) => {
      const probeId = toId("prb");
      const saved = await insertRunWithStep(db, {
        runId: probeId,
        stepId: "probe",
        tenantId,
        kind: "probe",
        nowMs: nowMs(),
      });
      if (!saved.ok) return saved;
      const sent = await sendStep(queue, { run_id: probeId, step_id: "probe" });
      return sent.ok ? ok({ probeId }) : sent;
    },
    readProbe: async (tenantId, probeId) => {
      const step = await readStep(db, { runId: probeId, stepId: "probe", tenantId });
      return step.ok ? ok({ state: step.value.state, fault: step.value.faultKind }) : step;
    },
  }) satisfies Partial<RouterDeps>;

/** Binds every function the handlers may call to its store, the clock or the classifier. */
export function toDeps(env: Env, keepAlive: (work: Promise<unknown>) => void): RouterDeps {
  const db = openDb(env.DB);
  const nowMs = (): number => Date.now();
  const configured = toConfiguredGraph({
    modelSource: env.MODEL_SOURCE,
    readModelFile: (key) => readBlob(env.BLOBS, { key, limitBytes: MODEL_FILE_LIMIT_BYTES }),
    nowMs,
    keepAlive,
  });
  return {
    nowMs,
    newId: toId,
    sha256Hex,
    classifier: makeClassifier({ bundled: bundledModel, configured }),
    readRouteState: (tenantId, lockKey) => readRouteState(db, { tenantId, lockKey, nowMs: nowMs() }),
    readCatalog: () => readCurrentCatalog(db),
    readCatalogVersion: (version) => readCatalogVersion(db, version),
    ...policyDeps(db, nowMs),
    ...decisionDeps(db, nowMs),
    ...probeDeps(db, env.RUN_QUEUE, nowMs),
    ...feedbackDeps(db, nowMs),
    ...bindRefresh({ db, nowMs, newId: toId, enricher: env.ENRICHER, keepAlive }),
    ...bindGovernance({ db, nowMs }),
    ...bindRun({ db, config: env, nowMs, newId: toId }),
    ...bindVerifiers({ db, nowMs }),
    ...bindWebhooks({ db, queue: env.RUN_QUEUE, masterSecret: env.MASTER_SECRET ?? "", nowMs, newId: toId }),
    ...bindSelection({ db, nowMs, readFeedback: feedbackDeps(db, nowMs).readFeedback }),
  };
}

/** A key that is there; one that is not is looked up each time, since it may be made any moment. */
const readRecentKey = (db: Db, hash: string) =>
  keyMemo.recall(hash, Date.now(), async () => {
    const found = await readKeyByHash(db, { hash });
    return found.ok && found.value === null ? fail({ kind: "unauthorized" }) : found;
  });

/** What one request must pass and may use, bound to this deployment. */
export function toDoorContext(request: Request, env: Env, context: ExecutionContext): DoorContext {
  const db = openDb(env.DB);
  const periodS = Number(env.RATE_LIMIT_PERIOD_S);
  const limit = async (key: string) =>
    periodS === 0 ? ok(undefined) : checkRateLimit({ limiter: env.RATE_LIMITER, keys: [key], periodS });
  return {
    request,
    deps: toDeps(env, (work) => context.waitUntil(work)),
    checkHost: () => checkHost(request, env.BIND_HOST),
    limitAddress: () => limit(`address ${clientAddress(request, env.PLATFORM)}`),
    limitKey: (keyId) => limit(`key ${keyId}`),
    authenticate: ({ isQuick = false }) =>
      authenticate(request, {
        anonymousRead: env.ANONYMOUS_READ === "on",
        anonymousFeedback: env.ANONYMOUS_FEEDBACK === "on",
        readKeyByHash: (hash) => (isQuick ? readRecentKey(db, hash) : readKeyByHash(db, { hash })),
      }),
  };
}
