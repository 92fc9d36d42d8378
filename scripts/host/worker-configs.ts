import type { Environment } from "./paths.ts";
import { ENVIRONMENTS, WRANGLER_TOML } from "./paths.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/** What the simulator needs to know of one worker, as plain JSON so that a build can keep it. */
export interface WorkerConfig {
  readonly name: string;
  readonly crons: readonly string[];
  /** Bindings and compatibility settings in miniflare's v4 form, without empty members. */
  readonly options: JsonObject;
}

export type WorkerConfigs = Readonly<Record<Environment, WorkerConfig>>;

/** Reads the three environments of wrangler.toml through wrangler itself, so that both agree about every default. */
export async function readWorkerConfigs(): Promise<WorkerConfigs> {
  // Imported here because it costs a second, which a start with unchanged sources need not pay.
  const { unstable_getMiniflareWorkerOptions, unstable_readConfig } = await import("wrangler");
  const read = (environment: Environment): WorkerConfig => {
    const config = unstable_readConfig({ config: WRANGLER_TOML, env: environment });
    const { workerOptions } = unstable_getMiniflareWorkerOptions(config, environment);
    const { rootPath: _, modulesRules: __, cronTriggers: ___, ...options } = workerOptions;
    return { name: config.name ?? environment, crons: config.triggers.crons ?? [], options: withoutEmpty(options) };
  };
  const [router, enricher, executor] = ENVIRONMENTS.map(read);
  if (!router || !enricher || !executor) throw new Error("three environments expected");
  return { router, enricher, executor };
}

/** The simulator's schema is strict: it refuses members that are there but undefined or empty. */
function withoutEmpty(options: object): JsonObject {
  const isEmpty = (value: unknown): boolean =>
    value === undefined || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
  const plain: JsonObject = JSON.parse(JSON.stringify(options));
  return Object.fromEntries(Object.entries(plain).filter(([key, value]) => !isEmpty(value) && key !== "email"));
}

/** The id under which the simulator files the database; all workers share one. */
export const localDatabaseId = (configs: WorkerConfigs): string =>
  bindingId(configs.router.options.d1Databases, { name: "DB", what: "env.router no D1 binding DB" });

/** The id under which the simulator files the bucket. */
export const localBucketId = (configs: WorkerConfigs): string =>
  bindingId(configs.enricher.options.r2Buckets, { name: "BLOBS", what: "env.enricher no R2 binding BLOBS" });

function bindingId(bindings: unknown, { name, what }: { readonly name: string; readonly what: string }): string {
  const entry = new Map(Object.entries(Object(bindings))).get(name);
  if (typeof entry === "object" && entry !== null && "id" in entry && typeof entry.id === "string") return entry.id;
  throw new Error(`wrangler.toml gives ${what}`);
}
