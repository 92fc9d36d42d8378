import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { D1Database } from "@cloudflare/workers-types";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { buildWorkers } from "./build-workers.ts";
import { everyMinute } from "./cron.ts";
import { type DueCron, dueCrons } from "./due-crons.ts";
import { freePort } from "./free-port.ts";
import { guardChildren } from "./guard-children.ts";
import { acquireHostLock, type HostLock } from "./host-lock.ts";
import { answerKeyCommand } from "./key-commands.ts";
import { persistencePath, QUIET, withLocalDatabase } from "./local-database.ts";
import { ensureMasterSecret } from "./master-secret.ts";
import { applyMigrations } from "./migrate.ts";
import { DIST_DIR, ENVIRONMENTS, MIGRATIONS_DIR } from "./paths.ts";
import type { HostSettings } from "./settings.ts";
import { UsageError } from "./usage-error.ts";
import type { WorkerConfig, WorkerConfigs } from "./worker-configs.ts";
import { localDatabaseId } from "./worker-configs.ts";
import { readWorkerModules } from "./worker-modules.ts";

export interface HostOptions {
  readonly settings: HostSettings;
  /** Whether requests without a key may read; honoured on loopback only. */
  readonly anonymousRead: boolean;
  /** Work on the migrated database before the workers start, such as the development key. */
  readonly prepare?: (db: D1Database) => Promise<void>;
}

export interface RunningHost {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * The one local host: the three bundles in one runtime, state in STATE_DIR, crons by timer. Resolves once the schema
 * is there and the default catalogue is loaded. Throws a UsageError for what the person can put right.
 */
export async function startHost(options: HostOptions): Promise<RunningHost> {
  const { settings } = options;
  const lock = await acquireHostLock(settings.stateDir, "host");
  try {
    const [{ configs }, port] = await Promise.all([buildWorkers(), freePort(settings)]);
    const databaseId = localDatabaseId(configs);
    await withLocalDatabase({ stateDir: settings.stateDir, databaseId }, async (db) => {
      await applyMigrations(db, MIGRATIONS_DIR);
      await options.prepare?.(db);
    });
    return await serve({ options, configs, port, lock });
  } catch (error) {
    lock.release();
    throw error;
  }
}

interface Parts {
  readonly options: HostOptions;
  readonly configs: WorkerConfigs;
  readonly port: number;
  readonly lock: HostLock;
}

async function serve(parts: Parts): Promise<RunningHost> {
  const { settings } = parts.options;
  const simulator = new Miniflare(toSimulatorOptions(parts));
  try {
    await simulator.ready;
    guardChildren();
    const db = await simulator.getD1Database("DB", parts.configs.router.name);
    await loadCatalogue(simulator, { worker: parts.configs.enricher, db });
    parts.lock.onMessage((message) => answerKeyCommand(db, message));
    // What an earlier host left undone is taken up at once; a failure has its own log line and a minute later another try.
    for (const cron of parts.configs.executor.crons)
      await runCron(simulator, { worker: parts.configs.executor, cron }).catch(() => undefined);
  } catch (error) {
    await simulator.dispose();
    throw error;
  }
  const { crons } = settings;
  const stopCrons = everyMinute((minute) => void runDueCrons(simulator, dueCrons(parts.configs, { crons, minute })));
  const host = settings.host.includes(":") ? `[${settings.host}]` : settings.host;
  return {
    url: `http://${host}:${parts.port}`,
    stop: async () => {
      stopCrons();
      try {
        await simulator.dispose();
      } finally {
        parts.lock.release();
      }
    },
  };
}

function toSimulatorOptions({ options, configs, port }: Parts): ConstructorParameters<typeof Miniflare>[0] {
  const { settings } = options;
  const workers = ENVIRONMENTS.map((environment) => {
    const modules = readWorkerModules(join(DIST_DIR, environment));
    const worker = { ...configs[environment].options, name: configs[environment].name, modules };
    if (environment === "router") return withRouterSettings(withRuns(worker, settings), { options, port });
    return environment === "enricher" ? withSources(worker, settings) : withConsumer(withRuns(worker, settings));
  });
  const converted = convertV4MiniflareOptions({
    ...QUIET,
    // Structured logs of the workers, one line each, to stderr: stdout belongs to the host's own lines.
    handleStructuredLogs: ({ message }) => void process.stderr.write(`${message}\n`),
    workers,
  });
  return { ...converted, resourcePersistencePath: persistencePath(settings.stateDir) };
}

const withSources = <T extends Readonly<Record<string, unknown>>>(worker: T, { sources }: HostSettings) => ({
  ...worker,
  bindings: { ...Object(worker.bindings), ...sources },
});

/** The local queue lives in memory: after a restart every message is lost, and nobody has to wait a minute for that. */
const LOCAL_STALE_MS = "5000";

/** Long enough for whatever calls nobody, so that a full queue still waits its turn. */
export const BATCH_HOLD_MS = "100";
/** A batch given back does not end what its handler still does. */
export const GO_ON_FLAG = "queue_consumer_no_wait_for_wait_until";

/** A host on this machine may call providers on this machine; one that others reach has to be told so. */
const withRuns = <T extends Readonly<Record<string, unknown>>>(worker: T, settings: HostSettings) => ({
  ...worker,
  bindings: {
    ...Object(worker.bindings),
    MASTER_SECRET: settings.runs.MASTER_SECRET ?? ensureMasterSecret(settings.stateDir),
    ...(settings.isLoopback ? { ALLOW_LOOPBACK_HTTP: "on" } : {}),
    STALE_AFTER_MS: LOCAL_STALE_MS,
    ...settings.runs,
  },
});

/**
 * The local queue hands out one batch at a time and waits until it is given back, so that one silent provider would hold
 * up every run of every tenant: the executor gives a batch back soon and goes on by itself (decision 016).
 */
const withConsumer = <T extends Readonly<Record<string, unknown>>>(worker: T) => ({
  ...worker,
  compatibilityFlags: [GO_ON_FLAG],
  bindings: { BATCH_HOLD_MS, ...Object(worker.bindings) },
});

/** The public socket belongs to the router alone: the simulator's own entry, with its debugging routes, stays on a random loopback port. */
function withRouterSettings<T extends Readonly<Record<string, unknown>>>(
  worker: T,
  { options, port }: Pick<Parts, "options" | "port">,
) {
  const { host, isLoopback, modelSource, rateLimitPerMinute } = options.settings;
  const vars = {
    MODEL_SOURCE: modelSource,
    ANONYMOUS_READ: options.anonymousRead && isLoopback ? "on" : "off",
    ANONYMOUS_FEEDBACK: options.anonymousRead && isLoopback ? "on" : "off",
    BIND_HOST: host,
    PLATFORM: "local",
    RATE_LIMIT_PERIOD_S: rateLimitPerMinute === 0 ? "0" : "60",
  };
  return {
    ...worker,
    bindings: { ...Object(worker.bindings), ...vars },
    ratelimits: {
      RATE_LIMITER: { namespace_id: "2001", simple: { limit: Math.max(1, rateLimitPerMinute), period: 60 } },
    },
    unsafeDirectSockets: [{ host, port }],
  };
}

const POLL_MS = 25;

/**
 * Before the ready line: whoever sees that must get real answers. The enricher's last cron loads the shipped catalogue
 * first of all and then takes up what an earlier host left undone, which nobody has to wait for.
 */
async function loadCatalogue(simulator: Miniflare, { worker, db }: { worker: WorkerConfig; db: D1Database }) {
  const isServed = async (): Promise<boolean> =>
    (await db.prepare("SELECT version FROM catalog_current").first<string>("version")) !== null;
  let isOver = false;
  const pickUp = runCron(simulator, { worker, cron: worker.crons.at(-1) ?? "" }).finally(() => (isOver = true));
  // Its own log line says why.
  pickUp.catch(() => undefined);
  while (!(isOver || (await isServed()))) await delay(POLL_MS);
  if (!(await isServed())) {
    throw new UsageError("Cannot load the default catalogue; the log line above says why.");
  }
}

async function runDueCrons(simulator: Miniflare, due: readonly DueCron<WorkerConfig>[]): Promise<void> {
  for (const { worker, cron } of due) {
    try {
      await runCron(simulator, { worker, cron });
    } catch (error) {
      console.error(
        JSON.stringify({ level: "error", event: "cron_failed", worker: worker.name, cron, error: String(error) }),
      );
    }
  }
}

/** Runs one scheduled handler to its end; throws when it does. */
async function runCron(
  simulator: Miniflare,
  job: { readonly worker: WorkerConfig; readonly cron: string },
): Promise<void> {
  const handle = await simulator.getWorker(job.worker.name);
  const { outcome } = await handle.scheduled({ cron: job.cron, scheduledTime: new Date() });
  if (outcome !== "ok") throw new Error(`scheduled handler of ${job.worker.name} ended with "${outcome}"`);
}
