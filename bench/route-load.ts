import { Agent, request } from "node:http";
import { quantile } from "../shared/base/stats.ts";
import { startTestHost } from "../tests/end-to-end/start-test-host.ts";

/** POST /api/route with 16 connections against the local host, each task new (classified, decided and stored). */
const CONNECTIONS = 16;
const REQUESTS = 2_000;
const WARM_UP = 400;

const verbs = ["fix", "add", "rename", "document", "test", "migrate", "profile", "redesign"];
const things = ["the login form", "the invoice export", "the search index", "the image cache", "the audit log"];
const taskOf = (i: number): string => `${verbs[i % verbs.length]} ${things[i % things.length]} for customer ${i}`;

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

/** Plain node:http on kept connections: the driver shares the cores with what it measures, so it must cost little. */
const post = (url: URL, body: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const outgoing = request(url, { method: "POST", agent, headers }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });

interface Load {
  readonly url: string;
  readonly from: number;
  readonly count: number;
  readonly body: (i: number) => unknown;
}

async function drive({ url, from, count, body }: Load): Promise<number[]> {
  const times: number[] = [];
  let next = from;
  const work = async (): Promise<void> => {
    while (next < from + count) {
      const i = next;
      next += 1;
      const started = performance.now();
      const status = await post(new URL("/api/route", url), JSON.stringify(body(i)));
      if (status !== 200) throw new Error(`route answered ${status}`);
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  return times;
}

async function report(name: string, load: Load): Promise<void> {
  const started = performance.now();
  const times = await drive(load);
  const seconds = (performance.now() - started) / 1000;
  const at = (q: number): string => quantile(times, q).toFixed(1);
  console.log(
    `${name}: ${CONNECTIONS} connections, ${load.count} requests: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ` +
      `${(load.count / seconds).toFixed(0)} requests/s`,
  );
}

const host = await startTestHost({ env: { RATE_LIMIT_PER_MINUTE: "100000000" } });
try {
  const { url } = host;
  const body = (i: number) => ({ task: taskOf(i) });
  const locked = () => ({ task: "add a health check", task_id: "load" });
  await drive({ url, from: 0, count: WARM_UP, body });
  await report("new tasks", { url, from: 100_000, count: REQUESTS, body });
  await report("one locked task", { url, from: 200_000, count: REQUESTS, body: locked });
} finally {
  agent.destroy();
  await host.remove();
}
