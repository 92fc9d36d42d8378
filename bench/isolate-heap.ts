import { readFileSync } from "node:fs";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { buildWorkers } from "../scripts/host/build-workers.ts";
import { DIST_DIR } from "../scripts/host/paths.ts";
import { readWorkerModules } from "../scripts/host/worker-modules.ts";
import { descendantsNamed } from "./process-cpu.ts";

/**
 * Heap of the router's isolate as its inspector reports it, after start-up and after 500 classifications (garbage not
 * collected first: the inspector does not come back from that). The engine's shared wasm memory is in neither figure;
 * the whole process, simulator included, is printed as an upper bound.
 */
const INSPECTOR_PORT = 9337;
const REQUESTS = 500;
const MIB = 1024 * 1024;

interface HeapUsage {
  readonly usedSize: number;
  readonly totalSize: number;
  readonly embedderHeapUsedSize?: number;
  readonly backingStorageSize?: number;
}

/** One command over the inspector's protocol. */
async function ask<T>(url: string, method: string): Promise<T> {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", reject);
  });
  const answer = new Promise<T>((resolve) => {
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(String(data));
      if (message.id === 1) resolve(message.result);
    });
  });
  socket.send(JSON.stringify({ id: 1, method }));
  const result = await answer;
  socket.close();
  return result;
}

/** Resident memory of the workerd process below this one. */
function residentBytes(): number {
  const [pid] = descendantsNamed(process.pid, "workerd");
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024;
}

async function printHeap(moment: string): Promise<void> {
  const targets = (await (await fetch(`http://127.0.0.1:${INSPECTOR_PORT}/json`)).json()) as {
    id: string;
    webSocketDebuggerUrl: string;
  }[];
  for (const target of targets.filter(({ id }) => id.includes("router"))) {
    const usage = await ask<HeapUsage>(target.webSocketDebuggerUrl, "Runtime.getHeapUsage");
    const mib = (bytes = 0): string => (bytes / MIB).toFixed(1);
    console.log(
      `${moment}: JS heap ${mib(usage.usedSize)} MiB used of ${mib(usage.totalSize)}, ` +
        `array buffers ${mib(usage.backingStorageSize)} MiB; workerd process ${mib(residentBytes())} MiB resident`,
    );
  }
}

const { configs } = await buildWorkers();
const { options } = configs.router;
const router = {
  ...options,
  name: configs.router.name,
  modules: readWorkerModules(join(DIST_DIR, "router")),
};
const bindings = { ...Object(options.bindings), ANONYMOUS_READ: "on", PLATFORM: "local" };
const enricher = {
  name: configs.enricher.name,
  modules: readWorkerModules(join(DIST_DIR, "enricher")),
  compatibilityDate: "2026-10-15",
};
const simulator = new Miniflare(
  convertV4MiniflareOptions({
    cf: false,
    inspectorPort: INSPECTOR_PORT,
    workers: [
      {
        ...router,
        bindings,
        ratelimits: { RATE_LIMITER: { namespace_id: "1", simple: { limit: 1_000_000, period: 60 } } },
      },
      enricher,
    ],
  }),
);
try {
  const url = await simulator.ready;
  await printHeap("after start-up");
  for (let i = 0; i < REQUESTS; i += 1) {
    const body = JSON.stringify({ task: `fix the crash when order ${i} has no lines and the customer is new` });
    await simulator.dispatchFetch(new URL("/api/classify", url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
  }
  await printHeap(`after ${REQUESTS} classifications`);
} finally {
  await simulator.dispose();
}
