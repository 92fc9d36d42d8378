import { startTestHost, type TestHost } from "../tests/end-to-end/start-test-host.ts";
import { descendantsNamed, processCpuMs } from "./process-cpu.ts";

/**
 * CPU per POST /api/classify inside workerd at 16, 64 and 256 tokens, cold and warm, the plain-TypeScript engine beside
 * the ONNX one. CPU is that of the whole workerd process; that of as many /healthz requests is taken off.
 */
const WARM_REQUESTS = 300;
const COLD_REQUESTS = 1;
const TOKENS = [16, 64, 256];
const WORDS = "fix the slow checkout query that locks orders when two clerks save the same invoice at once".split(" ");

interface Workerd {
  readonly host: TestHost;
  readonly pid: number;
}

const classify = async (url: string, task: string): Promise<{ tokens: number; engine: string }> => {
  const body = JSON.stringify({ task });
  const response = await fetch(`${url}/api/classify`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  const { data } = (await response.json()) as { data: { tokens: number; engine: string } };
  return data;
};

/** A text of about `tokens` tokens, found by asking; the counts reached are printed. */
async function textOf(url: string, tokens: number): Promise<{ text: string; tokens: number }> {
  let text = "";
  for (let words = 1; words < 400; words += 1) {
    const longer = Array.from({ length: words }, (_, i) => WORDS[i % WORDS.length]).join(" ");
    const reached = (await classify(url, longer)).tokens;
    if (reached > tokens) break;
    text = longer;
    if (reached === tokens) break;
  }
  return { text, tokens: (await classify(url, text)).tokens };
}

async function start(modelSource: string): Promise<Workerd> {
  const host = await startTestHost({ env: { RATE_LIMIT_PER_MINUTE: "100000000", MODEL_SOURCE: modelSource } });
  const [pid] = descendantsNamed(process.pid, "workerd").slice(-1);
  if (pid === undefined) throw new Error("no workerd below this process");
  return { host, pid };
}

async function cpuOf({ pid }: Workerd, count: number, request: () => Promise<unknown>): Promise<number> {
  const before = processCpuMs(pid);
  for (let i = 0; i < count; i += 1) await request();
  return (processCpuMs(pid) - before) / count;
}

async function measure(modelSource: string, texts: readonly { text: string; tokens: number }[]): Promise<void> {
  for (const { text, tokens } of texts) {
    const workerd = await start(modelSource);
    const { url } = workerd.host;
    const health = () => fetch(`${url}/healthz`).then((response) => response.text());
    await health();
    const cold = await cpuOf(workerd, COLD_REQUESTS, () => classify(url, text));
    for (let i = 0; i < WARM_REQUESTS; i += 1) await classify(url, text);
    const warm = await cpuOf(workerd, WARM_REQUESTS, () => classify(url, text));
    const empty = await cpuOf(workerd, WARM_REQUESTS, health);
    const { engine } = await classify(url, text);
    console.log(
      `${engine.padEnd(8)} ${String(tokens).padStart(3)} tokens: first request ${cold.toFixed(1)} ms, ` +
        `warm ${warm.toFixed(2)} ms, less an empty request (${empty.toFixed(2)} ms): ${(warm - empty).toFixed(2)} ms CPU`,
    );
    await workerd.host.remove();
  }
}

const probe = await start("bundled");
const texts: { text: string; tokens: number }[] = [];
for (const tokens of TOKENS) texts.push(await textOf(probe.host.url, tokens));
await probe.host.remove();
console.log(`classify: CPU of the workerd process per request, ${WARM_REQUESTS} warm requests`);
await measure("bundled", texts);
// Any source that cannot be read leaves the plain-TypeScript engine to answer.
await measure("r2:none", texts);
