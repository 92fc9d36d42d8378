import { spawn } from "node:child_process";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildOnce } from "./build-once.ts";
import { bin, DIST_DIR, ENVIRONMENTS, type Environment, ROOT, WRANGLER_ENV } from "./paths.ts";
import { digestSources } from "./source-digest.ts";
import { UsageError } from "./usage-error.ts";
import { readWorkerConfigs, type WorkerConfigs } from "./worker-configs.ts";

const STAMP = join(DIST_DIR, "build.json");

interface Stamp {
  readonly digest: string;
  readonly configs: WorkerConfigs;
}

/**
 * Bundles the three workers into dist/<environment> by `wrangler deploy --dry-run`, unless nothing has changed since
 * the last build. Returns the configuration that goes with the bundles. Throws a UsageError with wrangler's output.
 */
export async function buildWorkers(): Promise<{ readonly configs: WorkerConfigs; readonly built: boolean }> {
  const digest = digestSources(ROOT);
  const isFresh = (): boolean => readFresh(digest) !== undefined;
  const built = await buildOnce(DIST_DIR, { isFresh, build: () => build(digest) });
  const stamp = readFresh(digest);
  // Another process may have built other sources in this very moment.
  if (stamp === undefined) throw new UsageError("The workers were built anew in this moment; start again.");
  return { configs: stamp.configs, built };
}

/** The stamp of bundles that are there and made of these sources. */
function readFresh(digest: string): Stamp | undefined {
  const stamp: Stamp | undefined = existsSync(STAMP) ? JSON.parse(readFileSync(STAMP, "utf8")) : undefined;
  const isThere = ENVIRONMENTS.every((name) => existsSync(join(DIST_DIR, name, "index.js")));
  return isThere && stamp?.digest === digest ? stamp : undefined;
}

async function build(digest: string): Promise<void> {
  // Bundles that are half of other sources are nobody's.
  rmSync(STAMP, { force: true });
  const [configs] = await Promise.all([readWorkerConfigs(), ...ENVIRONMENTS.map(bundle)]);
  const stamp: Stamp = { digest, configs };
  writeFileSync(`${STAMP}.new`, JSON.stringify(stamp, null, 2));
  renameSync(`${STAMP}.new`, STAMP);
}

/** Builds beside the old bundle and swaps, so that a host that starts meanwhile never reads half of one. */
async function bundle(environment: Environment): Promise<void> {
  const fresh = join(DIST_DIR, `${environment}.${process.pid}`);
  const args = ["deploy", "--dry-run", "--env", environment, "--outdir", fresh];
  const child = spawn(bin("wrangler"), args, { cwd: ROOT, env: WRANGLER_ENV, stdio: ["ignore", "pipe", "pipe"] });
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
  const status = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    throw new UsageError(`Cannot build the ${environment} worker:\n${Buffer.concat(output).toString("utf8")}`);
  }
  const target = join(DIST_DIR, environment);
  rmSync(target, { recursive: true, force: true });
  renameSync(fresh, target);
}
