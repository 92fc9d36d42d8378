import { parseArgs } from "node:util";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { DIST_DIR } from "../scripts/host/paths.ts";
import { readWorkerModules } from "../scripts/host/worker-modules.ts";
import { descendantsNamed, processCpuMs } from "./process-cpu.ts";

/**
 * CPU time of the runtime from its start to the router's first answer, and to the first answer over MCP after it, whose
 * library is loaded then. `--dir FOLDER` measures another bundle, `--rounds N` so many starts; medians, in ms.
 */
const { values } = parseArgs({
  options: { dir: { type: "string", default: `${DIST_DIR}/router` }, rounds: { type: "string", default: "7" } },
});

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;

const MESSAGE = { jsonrpc: "2.0", id: 1, method: "tools/list" };
const HEADERS = { "content-type": "application/json", accept: "application/json, text/event-stream" };

async function measureOnce(dir: string) {
  const before = new Set(descendantsNamed(process.pid, "workerd"));
  const worker = {
    ...{ name: "router", modules: readWorkerModules(dir), compatibilityDate: "2026-10-15", d1Databases: ["DB"] },
    ...{ r2Buckets: ["BLOBS"], queueProducers: { RUN_QUEUE: "runs" }, cf: false as const, logRequests: false },
    bindings: {
      MODEL_SOURCE: "bundled",
      ANONYMOUS_READ: "on",
      BIND_HOST: "",
      RATE_LIMIT_PERIOD_S: "0",
      PLATFORM: "local",
    },
  };
  const runtime = new Miniflare(convertV4MiniflareOptions(worker));
  try {
    const url = await runtime.ready;
    const pid = descendantsNamed(process.pid, "workerd").find((one) => !before.has(one));
    if (pid === undefined) throw new Error("the runtime has no process");
    const started = processCpuMs(pid);
    await (await fetch(new URL("/healthz", url))).text();
    const first = processCpuMs(pid);
    const listed = await fetch(new URL("/mcp", url), {
      method: "POST",
      headers: HEADERS,
      body: JSON.stringify(MESSAGE),
    });
    await listed.text();
    return { toReady: started, toFirst: first, mcp: processCpuMs(pid) - first, status: listed.status };
  } finally {
    await runtime.dispose();
  }
}

const rounds = [];
for (let round = 0; round < Number(values.rounds); round += 1) rounds.push(await measureOnce(values.dir));
console.log(`${rounds.length} starts of ${values.dir}`);
console.log(`CPU to the first answer: ${median(rounds.map(({ toFirst }) => toFirst)).toFixed(0)} ms`);
console.log(
  `CPU of the first MCP answer (status ${rounds[0]?.status}): ${median(rounds.map(({ mcp }) => mcp)).toFixed(0)} ms`,
);
