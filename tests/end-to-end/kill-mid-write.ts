import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { D1Database } from "@cloudflare/workers-types";
import { buildWorkers } from "../../scripts/host/build-workers.ts";
import { withLocalDatabase } from "../../scripts/host/local-database.ts";
import { localDatabaseId } from "../../scripts/host/worker-configs.ts";
import { toDetail } from "../../shared/base/fault.ts";
import { readCatalog } from "../../workers/platform/d1/catalog-store.ts";
import { openDb } from "../../workers/platform/d1/open-db.ts";
import { offer } from "../fake-sources/made-market.ts";
import { type ReplayServer, startReplayServer } from "../fake-sources/replay-server.ts";
import { sourceEnv } from "../fake-sources/source-env.ts";
import { nextPort } from "./start-test-host.ts";

/** What the kills came to. */
export interface Kills {
  readonly count: number;
  /** The new catalogue was not served yet, and is not now. */
  readonly before: number;
  /** The new catalogue is served. */
  readonly after: number;
  /** What was found broken, one text each. */
  readonly broken: readonly string[];
  /** Writes to the database of one undisturbed refresh, counted as changes of its files. */
  readonly writes: number;
}

const REFRESHED = '"catalogue_refreshed"';
const SERVE = join(import.meta.dirname, "..", "..", "scripts", "serve.ts");
const MODELS = 280;
const OFF = { LMARENA_BOARDS: "", LIVEBENCH_URL: "", AIDER_URL: "", EPOCH_URL: "", MODELS_DEV_URL: "" };

interface Scene {
  readonly stateDir: string;
  readonly databaseId: string;
  readonly server: ReplayServer;
}

/**
 * Kills the runtime of a local host `count` times at random writes of a refresh, a third of them at its last ones, and
 * looks each time at what is left: one whole served catalogue, and no part of another. `chance` in 0..1.
 */
export async function killMidWrite(count: number, chance: () => number): Promise<Kills> {
  const stateDir = mkdtempSync(join(tmpdir(), "spawnpoint-kills-"));
  const server = await startReplayServer();
  const databaseId = localDatabaseId((await buildWorkers()).configs);
  const scene = { stateDir, databaseId, server };
  const broken: string[] = [];
  try {
    await runHost(scene, { price: 99, until: "ready at" });
    await request(scene);
    const writes = await runHost(scene, { price: 100, until: REFRESHED });
    let [before, served] = [0, await check(scene, broken)];
    for (let i = 0; i < count; i++) {
      await request(scene);
      const last = chance() < 1 / 3 ? Math.ceil(writes * 0.8) : 1;
      const killAt = last + Math.floor(chance() * (writes - last + 1));
      await runHost(scene, { price: 101 + i, until: killAt });
      const now = await check(scene, broken);
      if (now === served) before++;
      served = now;
    }
    return { count, before, after: count - before, broken, writes };
  } finally {
    await server.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

/** A request that waits: the next host takes it up when it starts. */
const request = ({ stateDir, databaseId }: Scene): Promise<void> =>
  withLocalDatabase({ stateDir, databaseId }, async (db) => {
    await db.batch([
      db.prepare("DELETE FROM refresh_requests"),
      db.prepare("INSERT INTO refresh_requests (id, requested_at_ms) VALUES ('rfr_kill', 1)"),
    ]);
  });

/** Against hanging: a host on a slow machine takes a minute to start. */
const HOST_TIMEOUT_MS = 300_000;

/** Runs a host until it prints a text, or kills it with its runtime at a write by its number; how many writes were seen. */
async function runHost(
  { stateDir, server }: Scene,
  { price, until }: { readonly price: number; readonly until: string | number },
): Promise<number> {
  offer(server, { models: MODELS, price });
  const env = { ...process.env, PORT: String(await nextPort()), STATE_DIR: stateDir, ...sourceEnv(server.url, OFF) };
  // Detached: a group of its own, so that host and runtime die at the same moment.
  const host = spawn(process.execPath, [SERVE], { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const exited = new Promise((resolve) => host.once("exit", resolve));
  let output = "";
  for (const stream of [host.stdout, host.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  // A refresh may come to fewer writes than the one that was counted: then its end is the moment.
  const isDone = (): boolean =>
    typeof until === "number" ? writes >= until || output.includes(REFRESHED) : output.includes(until);
  const endMs = Date.now() + HOST_TIMEOUT_MS;
  let [writes, seen] = [0, lastChange(stateDir)];
  while (!isDone() && host.exitCode === null && Date.now() < endMs) {
    await delay(1);
    const now = lastChange(stateDir);
    writes += now === seen ? 0 : 1;
    seen = now;
  }
  const pid = host.pid ?? 0;
  if (typeof until === "number") signal(-pid, "SIGKILL");
  else await stopInTime(pid, exited);
  await exited;
  if (!isDone()) throw new Error(`the host came to no end:\n${output}`);
  return writes;
}

const STOP_TRIES = 60;

/** Asks every second: a signal in the very moment of readiness was seen to be lost. Kills what does not listen. */
async function stopInTime(pid: number, exited: Promise<unknown>): Promise<void> {
  for (let tries = 0; tries < STOP_TRIES; tries++) {
    signal(pid, "SIGTERM");
    if (await Promise.race([exited.then(() => true), delay(1_000, false)])) return;
  }
  signal(-pid, "SIGKILL");
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself.
  }
}

/** A mark that changes with every write to a database file. */
function lastChange(stateDir: string): string {
  const folder = join(stateDir, "v3", "d1");
  if (!existsSync(folder)) return "";
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.sqlite(-wal)?$/.test(name),
  );
  return files
    .map((name) => statSync(join(folder, name), { bigint: true, throwIfNoEntry: false }))
    .map((stat) => `${stat?.mtimeNs} ${stat?.size}`)
    .join(" ");
}

/** What is served, after looking at every stored snapshot. */
const check = ({ stateDir, databaseId }: Scene, broken: string[]): Promise<string> =>
  withLocalDatabase({ stateDir, databaseId }, async (d1) => {
    const served = await d1.prepare("SELECT version FROM catalog_current").first<string>("version");
    if (served === null) broken.push("nothing is served");
    const { results } = await listVersions(d1);
    for (const { version } of results) {
      const whole = await readCatalog(openDb(d1), { version });
      if (!whole.ok) broken.push(toDetail(whole.fault));
    }
    if (served !== null && !results.some(({ version }) => version === served)) broken.push(`${served} is not stored`);
    return served ?? "";
  });

/** Versions of snapshots and of rows: rows without a snapshot are a part of one. */
const listVersions = (d1: D1Database) =>
  d1
    .prepare("SELECT version FROM catalog_snapshots UNION SELECT DISTINCT version FROM catalog_models")
    .all<{ version: string }>();
