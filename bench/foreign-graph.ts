import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { persistencePath, QUIET } from "../scripts/host/local-database.ts";
import { quantile } from "../shared/base/stats.ts";
import { toFeatures } from "../shared/task/features.ts";
import { startTestHost, type TestHost } from "../tests/end-to-end/start-test-host.ts";
import { parseFolder, type TextModel } from "../workers/router/inference/model-folder.ts";
import { startInspectedRouter } from "./inspected-router.ts";
import { descendantsNamed, processCpuMs } from "./process-cpu.ts";
import { readProcessMemory } from "./process-memory.ts";

/**
 * An imported model folder served from local object storage by the local host: what the first request costs, what the
 * warm ones cost at 16, 64 and 256 tokens, and what it holds in memory. CPU and memory are those of the whole workerd
 * process, the simulator's object storage included; `npm run bench -- foreign-graph --dir IMPORTED`.
 */
const PREFIX = "foreign";
const MODEL_SOURCE = `r2:${PREFIX}`;
/** Compiled code reaches its last tier after some half a second of runs. */
const WARM_UP_REQUESTS = 10;
const WARM_REQUESTS = 12;
const TOKENS = [16, 64, 256];
const WORDS = "fix the slow checkout query that locks orders when two clerks save a copy of one invoice at once".split(
  " ",
);
const MIB = 1024 * 1024;

interface Imported {
  readonly dir: string;
  readonly files: readonly string[];
  readonly graphFile: string;
  readonly graphSha256: string;
  readonly model: TextModel;
}

function readImported(dir: string): Imported {
  const read = (name: string): unknown => {
    if (existsSync(join(dir, name))) return JSON.parse(readFileSync(join(dir, name), "utf8"));
    throw new Error(`${join(dir, name)} is missing: --dir wants a folder that npm run import-model has written`);
  };
  const jsonFiles = ["model_config.json", "tokenizer.json", "temperature_scaling.json"] as const;
  const [config, tokenizer, temperatures] = jsonFiles.map(read);
  const model = parseFolder({ config, tokenizer, temperatures });
  if (!model.ok) throw new Error(JSON.stringify(model.fault));
  const graphFile = model.value.config.files.ort ?? model.value.config.files.onnx;
  const graphSha256 = createHash("sha256")
    .update(readFileSync(join(dir, graphFile)))
    .digest("hex");
  return { dir, files: [graphFile, ...jsonFiles], graphFile, graphSha256, model: model.value };
}

/** Puts the folder where the host will look for it, as `wrangler r2 object put --local` would. */
async function fillBucket(imported: Imported, stateDir: string): Promise<void> {
  const simulator = new Miniflare({
    ...convertV4MiniflareOptions({
      ...QUIET,
      name: "state",
      compatibilityDate: "2026-10-15",
      modules: true,
      script: "export default {}",
      r2Buckets: { BLOBS: "spawnpoint" },
    }),
    resourcePersistencePath: persistencePath(stateDir),
  });
  try {
    const bucket = await simulator.getR2Bucket("BLOBS");
    for (const name of imported.files) await bucket.put(`${PREFIX}/${name}`, readFileSync(join(imported.dir, name)));
  } finally {
    await simulator.dispose();
  }
}

/** A text of `tokens` tokens, or as near below as whole words come: at each place the next word that still fits. */
function textOf(model: TextModel, tokens: number): string {
  const fits = (taskText: string): boolean => {
    const { tokenIds, truncated } = toFeatures({ ...model, taskText });
    return tokenIds.length <= tokens && !truncated;
  };
  let text = "";
  for (let at = 0; ; at += 1) {
    const rotated = WORDS.map((_, i) => WORDS[(at + i) % WORDS.length] ?? "");
    const next = rotated.map((word) => `${text} ${word}`.trim()).find(fits);
    if (next === undefined) return text;
    text = next;
  }
}

interface Answer {
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly engine: string;
  readonly tokens: number;
  readonly sha256: string;
}

interface Served {
  readonly host: TestHost;
  readonly pid: number;
}

async function classify({ host, pid }: Served, task: string): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  const [cpuBefore, startedMs] = [processCpuMs(pid), performance.now()];
  const response = await fetch(`${host.url}/api/classify`, { method: "POST", headers, body: JSON.stringify({ task }) });
  const { data } = (await response.json()) as { data: { tokens: number; engine: string; model: { sha256: string } } };
  const spent = { wallMs: performance.now() - startedMs, cpuMs: processCpuMs(pid) - cpuBefore };
  return { ...spent, engine: data.engine, tokens: data.tokens, sha256: data.model.sha256 };
}

function printMemory(moment: string, pid: number): void {
  const { residentBytes, peakResidentBytes, wasmBytes } = readProcessMemory(pid);
  const mib = (bytes: number): string => `${(bytes / MIB).toFixed(0)} MiB`;
  console.log(
    `${moment}: workerd ${mib(residentBytes)} resident, at most ${mib(peakResidentBytes)}; wasm memory of all ` +
      `isolates ${mib(wasmBytes)}`,
  );
}

async function printRequests(served: Served, text: string): Promise<void> {
  const first = await classify(served, text);
  for (let i = 0; i < WARM_UP_REQUESTS; i += 1) await classify(served, text);
  const times: number[] = [];
  for (let i = 0; i < WARM_REQUESTS; i += 1) times.push((await classify(served, text)).cpuMs);
  console.log(
    `${String(first.tokens).padStart(3)} tokens: first ${first.cpuMs.toFixed(0)} ms CPU, warm median ` +
      `${quantile(times, 0.5).toFixed(1)}, least ${Math.min(...times).toFixed(1)} ms CPU`,
  );
}

async function measureHost(imported: Imported, stateDir: string): Promise<void> {
  const host = await startTestHost({ stateDir, env: { RATE_LIMIT_PER_MINUTE: "100000000", MODEL_SOURCE } });
  try {
    const [pid] = descendantsNamed(process.pid, "workerd").slice(-1);
    if (pid === undefined) throw new Error("no workerd below this process");
    const served = { host, pid };
    await (await fetch(`${host.url}/healthz`)).text();
    printMemory("before the first request", pid);
    const load = await classify(served, textOf(imported.model, TOKENS[0] ?? 0));
    console.log(
      `first request (reads, checks, loads, runs twice): ${(load.cpuMs / 1000).toFixed(2)} s CPU, ` +
        `${(load.wallMs / 1000).toFixed(2)} s on the clock`,
    );
    const isFile = load.sha256 === imported.graphSha256 ? "that of" : "NOT that of";
    console.log(`answered by engine ${load.engine}, model sha256 ${load.sha256}, ${isFile} ${imported.graphFile}`);
    if (load.engine !== "onnx" || load.sha256 !== imported.graphSha256) {
      process.exitCode = 1;
      const headers = { authorization: `Bearer ${host.key}` };
      console.log(await (await fetch(`${host.url}/api/status`, { headers })).text());
      return;
    }
    printMemory("after it", pid);
    for (const tokens of TOKENS) await printRequests(served, textOf(imported.model, tokens));
    printMemory("after all requests", pid);
  } finally {
    await host.stop();
  }
}

async function measureHeap(stateDir: string): Promise<void> {
  const router = await startInspectedRouter({ stateDir, bindings: { MODEL_SOURCE } });
  try {
    console.log(`isolate before loading: ${await router.describeHeap()}`);
    await router.classify("fix the failing test");
    console.log(`isolate after loading: ${await router.describeHeap()}`);
    for (let i = 0; i < WARM_REQUESTS; i += 1) await router.classify(`fix the failing test ${i}`);
    console.log(`isolate after ${WARM_REQUESTS} more requests: ${await router.describeHeap()}`);
  } finally {
    await router.dispose();
  }
}

const { dir } = parseArgs({ options: { dir: { type: "string" } } }).values;
if (dir === undefined) throw new Error("--dir FOLDER is missing: a folder that npm run import-model has written");
const imported = readImported(dir);
const graphBytes = statSync(join(dir, imported.graphFile)).size;
const pieces = imported.model.tokenizer.pieces.length;
console.log(`${imported.graphFile}: ${(graphBytes / 1e6).toFixed(1)} MB, ${pieces} pieces`);
const stateDir = mkdtempSync(join(tmpdir(), "spawnpoint-foreign-"));
try {
  await fillBucket(imported, stateDir);
  await measureHost(imported, stateDir);
  await measureHeap(stateDir);
} finally {
  rmSync(stateDir, { recursive: true, force: true });
}
