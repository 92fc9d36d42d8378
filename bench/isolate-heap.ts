import { startInspectedRouter } from "./inspected-router.ts";
import { descendantsNamed } from "./process-cpu.ts";
import { readProcessMemory } from "./process-memory.ts";

/**
 * Heap of the router's isolate as its inspector reports it, after start-up and after 500 classifications. The engine's
 * shared wasm memory is in neither figure; the whole process, simulator included, is printed as an upper bound.
 */
const REQUESTS = 500;
const MIB = 1024 * 1024;

/** Of the workerd process below this one. */
function describeProcess(): string {
  const [pid] = descendantsNamed(process.pid, "workerd");
  if (pid === undefined) throw new Error("no workerd below this process");
  const { residentBytes, wasmBytes } = readProcessMemory(pid);
  return `wasm memory ${(wasmBytes / MIB).toFixed(1)} MiB; workerd process ${(residentBytes / MIB).toFixed(1)} MiB resident`;
}

const router = await startInspectedRouter();
try {
  console.log(`after start-up: ${await router.describeHeap()}, ${describeProcess()}`);
  for (let i = 0; i < REQUESTS; i += 1) {
    await router.classify(`fix the crash when order ${i} has no lines and the customer is new`);
  }
  console.log(`after ${REQUESTS} classifications: ${await router.describeHeap()}, ${describeProcess()}`);
} finally {
  await router.dispose();
}
