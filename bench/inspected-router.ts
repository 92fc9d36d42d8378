import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { buildWorkers } from "../scripts/host/build-workers.ts";
import { persistencePath } from "../scripts/host/local-database.ts";
import { DIST_DIR } from "../scripts/host/paths.ts";
import { readWorkerModules } from "../scripts/host/worker-modules.ts";

const INSPECTOR_PORT = 9337;
const MIB = 1024 * 1024;

interface HeapUsage {
  readonly usedSize: number;
  readonly totalSize: number;
  readonly embedderHeapUsedSize?: number;
  readonly backingStorageSize?: number;
}

export interface InspectedRouterOptions {
  /** Over the worker's own variables, such as MODEL_SOURCE. */
  readonly bindings?: Readonly<Record<string, string>>;
  /** A host's state folder, for its objects; left out, nothing is kept. The host must have stopped. */
  readonly stateDir?: string;
}

export interface InspectedRouter {
  /** POST /api/classify. */
  classify(task: string): Promise<void>;
  /** Heap of the router's isolate in words. The engine's shared wasm memory is in neither figure. */
  describeHeap(): Promise<string>;
  dispose(): Promise<void>;
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

/** Garbage is not collected first: the inspector does not come back from that. */
async function describeHeap(): Promise<string> {
  const targets = (await (await fetch(`http://127.0.0.1:${INSPECTOR_PORT}/json`)).json()) as {
    id: string;
    webSocketDebuggerUrl: string;
  }[];
  const target = targets.find(({ id }) => id.includes("router"));
  if (target === undefined) throw new Error("the inspector names no router");
  const usage = await ask<HeapUsage>(target.webSocketDebuggerUrl, "Runtime.getHeapUsage");
  const mib = (bytes = 0): string => (bytes / MIB).toFixed(1);
  return (
    `JS heap ${mib(usage.usedSize)} MiB used of ${mib(usage.totalSize)}, ` +
    `array buffers ${mib(usage.backingStorageSize)} MiB`
  );
}

/** The router's bundle alone in a simulator whose inspector is open, as the host never is. */
export async function startInspectedRouter({
  bindings,
  stateDir,
}: InspectedRouterOptions = {}): Promise<InspectedRouter> {
  const { configs } = await buildWorkers();
  const { options } = configs.router;
  const router = {
    ...options,
    name: configs.router.name,
    modules: readWorkerModules(join(DIST_DIR, "router")),
  };
  const vars = {
    ...Object(options.bindings),
    ANONYMOUS_READ: "on",
    ANONYMOUS_FEEDBACK: "on",
    PLATFORM: "local",
    ...bindings,
  };
  const ratelimits = { RATE_LIMITER: { namespace_id: "1", simple: { limit: 1_000_000, period: 60 as const } } };
  const enricher = {
    name: configs.enricher.name,
    modules: readWorkerModules(join(DIST_DIR, "enricher")),
    compatibilityDate: "2026-10-15",
  };
  const converted = convertV4MiniflareOptions({
    cf: false,
    inspectorPort: INSPECTOR_PORT,
    workers: [{ ...router, bindings: vars, ratelimits }, enricher],
  });
  const kept = stateDir === undefined ? {} : { resourcePersistencePath: persistencePath(stateDir) };
  const simulator = new Miniflare({ ...converted, ...kept });
  const url = await simulator.ready;
  return {
    classify: async (task) => {
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify({ task });
      await simulator.dispatchFetch(new URL("/api/classify", url), { method: "POST", headers, body });
    },
    describeHeap,
    dispose: () => simulator.dispose(),
  };
}
