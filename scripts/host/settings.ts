import { join, resolve } from "node:path";
import { SOURCE_VARIABLES } from "../../workers/enricher/source-config.ts";
import { ROOT } from "./paths.ts";
import { readRunSettings } from "./run-settings.ts";
import { UsageError } from "./usage-error.ts";

/** The workers that have crons. */
const CRON_WORKERS = ["enricher", "executor"] as const;
export type CronWorker = (typeof CRON_WORKERS)[number];

/** What a local host is started with. */
export interface HostSettings {
  readonly host: string;
  readonly port: number;
  readonly isLoopback: boolean;
  /** Folder that holds the database, the objects, the lock and the development key. */
  readonly stateDir: string;
  readonly modelSource: string;
  /** 0 = no limit, for a measurement or behind a gateway that limits. */
  readonly rateLimitPerMinute: number;
  /** Workers whose crons run by the clock; what a start takes up by itself does not depend on it. */
  readonly crons: readonly CronWorker[];
  /** Variables of the benchmark sources that are set, also empty ones: an empty address turns its source off. */
  readonly sources: Readonly<Record<string, string>>;
  /** Variables of runs that are set: secrets, endpoints, keys and limits. */
  readonly runs: Readonly<Record<string, string>>;
}

/**
 * Reads HOST (127.0.0.1), PORT (8787; 0 takes a free one), STATE_DIR (.state), MODEL_SOURCE (bundled) and
 * RATE_LIMIT_PER_MINUTE (200, or "off"), CRONS (both workers, one of them, or "off"), the variables of the sources and those of runs. Throws a UsageError that names the variable, its value and what is wanted.
 */
export function readHostSettings(env: Readonly<Record<string, string | undefined>>): HostSettings {
  const host = env.HOST || "127.0.0.1";
  if (!/^[A-Za-z0-9.:-]+$/.test(host)) {
    throw new UsageError(`Cannot listen on HOST "${host}": expected an address such as 127.0.0.1, ::1 or 0.0.0.0.`);
  }
  return {
    host,
    port: readInteger(env, { name: "PORT", fallback: 8787, min: 0, max: 65_535 }),
    isLoopback: isLoopbackHost(host),
    stateDir: readStateDir(env),
    modelSource: readModelSource(env),
    rateLimitPerMinute: readRateLimit(env),
    crons: readCrons(env),
    sources: Object.fromEntries(SOURCE_VARIABLES.map((name) => [name, env[name]] as const).filter(isSet)),
    runs: readRunSettings(env),
  };
}

/** The folder of the local state, absolute. */
export const readStateDir = (env: Readonly<Record<string, string | undefined>>): string =>
  env.STATE_DIR ? resolve(env.STATE_DIR) : join(ROOT, ".state");

/** Whether an address can be reached from this machine only. */
export const isLoopbackHost = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);

const isSet = (entry: readonly [string, string | undefined]): entry is readonly [string, string] =>
  entry[1] !== undefined;

function readModelSource({ MODEL_SOURCE: text = "" }: Readonly<Record<string, string | undefined>>): string {
  if (text === "" || text === "bundled") return "bundled";
  if (/^r2:./.test(text)) return text;
  throw new UsageError(`Cannot read MODEL_SOURCE "${text}": expected bundled or r2:<prefix>.`);
}

function readRateLimit(env: Readonly<Record<string, string | undefined>>): number {
  if (env.RATE_LIMIT_PER_MINUTE === "off") return 0;
  return readInteger(env, { name: "RATE_LIMIT_PER_MINUTE", fallback: 200, min: 1, max: 1_000_000_000 });
}

function readCrons({ CRONS: text = "" }: Readonly<Record<string, string | undefined>>): readonly CronWorker[] {
  if (text === "") return CRON_WORKERS;
  if (text === "off") return [];
  const worker = CRON_WORKERS.find((name) => name === text);
  if (worker !== undefined) return [worker];
  throw new UsageError(`Cannot read CRONS "${text}": expected ${CRON_WORKERS.join(", ")} or off (left out: both).`);
}

interface IntegerSetting {
  readonly name: string;
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
}

function readInteger(env: Readonly<Record<string, string | undefined>>, setting: IntegerSetting): number {
  const text = env[setting.name];
  if (text === undefined || text === "") return setting.fallback;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= setting.min && value <= setting.max) return value;
  throw new UsageError(
    `Cannot read ${setting.name} "${text}": expected a whole number from ${setting.min} to ${setting.max}.`,
  );
}
