/**
 * GET /api/pick through `npm run serve` with a key, over 500 models, at 1 and 8 connections, with the limiter off and on.
 * Run: node bench/pick-load.ts [seconds]. The other figures are smart-spawn's own, taken on a machine like this one
 * (2 shared cores, loopback, 344 models): its category pick, and the same from its cache of 60 s, which /api/... never hits.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildWorkers } from "../scripts/host/build-workers.ts";
import { answerKeyCommand } from "../scripts/host/key-commands.ts";
import { withLocalDatabase } from "../scripts/host/local-database.ts";
import { applyMigrations } from "../scripts/host/migrate.ts";
import { MIGRATIONS_DIR } from "../scripts/host/paths.ts";
import { localDatabaseId } from "../scripts/host/worker-configs.ts";
import { quantile } from "../shared/base/stats.ts";
import { startTestHost, type TestHost } from "../tests/end-to-end/start-test-host.ts";
import { saveCatalog } from "../workers/platform/d1/catalog-store.ts";
import { openDb } from "../workers/platform/d1/open-db.ts";
import { driveKeepAlive } from "./keep-alive-load.ts";
import { makeCatalogue } from "./made-catalogue.ts";
import { descendantsNamed, processCpuMs } from "./process-cpu.ts";
import { readProcessMemory } from "./process-memory.ts";

const MODELS = 500;
const WARM_UP_S = 2;
const MIB = 1024 * 1024;
/** Requests a second of smart-spawn's GET /api/pick coding/medium. */
const PEER: Readonly<Record<number, number>> = { 1: 28, 8: 25.5 };
const seconds = Number(process.argv[2] ?? 5);

const CATEGORY = "/api/pick?task=coding&budget=medium";
const verbs = ["fix", "add", "rename", "document", "test", "migrate", "profile", "redesign"];
const toText = (n: number): string =>
  encodeURIComponent(`${verbs[n % verbs.length]} the login form for customer ${n}\nso that it keeps what was typed`);

/** As of a refresh: the catalogue that ships would be put in the place of anything else. */
const REPORT = { origin: "live", replaced: null, sources: [], editions: {}, rowsSha256: null, rowsBytes: 0 } as const;

/** A state folder with a catalogue of 500 models and a key that may read. */
async function prepareState(): Promise<{ readonly stateDir: string; readonly key: string }> {
  const stateDir = mkdtempSync(join(tmpdir(), "spawnpoint-pick-"));
  const { configs } = await buildWorkers();
  return withLocalDatabase({ stateDir, databaseId: localDatabaseId(configs) }, async (database) => {
    await applyMigrations(database, MIGRATIONS_DIR);
    const catalog = makeCatalogue(MODELS);
    const saved = await saveCatalog(openDb(database), { catalog, report: REPORT, createdAtMs: Date.now() });
    if (!saved.ok) throw new Error(JSON.stringify(saved.fault));
    const command = { op: "create", scopes: ["read"], tenantId: "default", name: "bench" } as const;
    const answer = await answerKeyCommand(database, command);
    const key = /sp_\w+/.exec(JSON.stringify(answer))?.[0];
    if (key === undefined) throw new Error("no key was made");
    return { stateDir, key };
  });
}

interface Case {
  readonly name: string;
  readonly path: (n: number) => string;
  readonly isCategory: boolean;
}
const CASES: readonly Case[] = [
  { name: "category", path: () => CATEGORY, isCategory: true },
  { name: "category, 2 context tags", path: () => `${CATEGORY}&context=typescript,security`, isCategory: false },
  { name: "free text", path: (n) => `/api/pick?task=${toText(n)}`, isCategory: false },
];

async function measure(host: TestHost, headers: Readonly<Record<string, string>>, one: Case): Promise<void> {
  const [pid = process.pid] = descendantsNamed(process.pid, "workerd");
  await driveKeepAlive({ url: host.url, connections: 8, seconds: WARM_UP_S, headers, path: one.path });
  for (const connections of [1, 8]) {
    const before = processCpuMs(pid);
    const result = await driveKeepAlive({ url: host.url, connections, seconds, headers, path: one.path });
    const cpuMs = (processCpuMs(pid) - before) / result.timesMs.length;
    const at = (q: number): string => quantile(result.timesMs, q).toFixed(2).padStart(8);
    const refused = result.timesMs.length - (result.statuses.get(200) ?? 0);
    const times = one.isCategory ? `  ${(result.perSecond / (PEER[connections] ?? 1)).toFixed(0)} x smart-spawn` : "";
    console.log(
      `  ${one.name.padEnd(26)} ${connections} conn  p50 ${at(0.5)} ms  p99 ${at(0.99)} ms  ` +
        `${result.perSecond.toFixed(0).padStart(6)}/s  server CPU ${cpuMs.toFixed(2)} ms${times}` +
        `${refused > 0 ? `  ${refused} refused` : ""}`,
    );
  }
}

async function run(limit: string, cases: readonly Case[], state: Awaited<ReturnType<typeof prepareState>>) {
  const env = { RATE_LIMIT_PER_MINUTE: limit };
  const host = await startTestHost({ script: "serve", stateDir: state.stateDir, env });
  const headers = { authorization: `Bearer ${state.key}` };
  try {
    const models = await (await fetch(`${host.url}/api/models?limit=1`, { headers })).json();
    const { filtered } = Object(models).meta;
    console.log(`limiter ${limit === "off" ? "off" : `on (${limit} a minute)`}, ${filtered} models`);
    for (const one of cases) await measure(host, headers, one);
    const [pid] = descendantsNamed(process.pid, "workerd");
    if (pid !== undefined) {
      const { residentBytes, peakResidentBytes } = readProcessMemory(pid);
      const toMib = (bytes: number): string => (bytes / MIB).toFixed(0);
      console.log(`  runtime's memory ${toMib(residentBytes)} MiB, at most ${toMib(peakResidentBytes)} MiB`);
    }
  } finally {
    await host.stop();
  }
}

const state = await prepareState();
await run("off", CASES, state);
await run("1000000000", CASES.slice(0, 1), state);
console.log(
  "smart-spawn beside it: category 28/s at 1 connection (p50 33 ms, p99 242 ms), 25.5/s at 8 (271 ms, 793 ms); " +
    "202 MB after load",
);
