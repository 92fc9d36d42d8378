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

async function drive(url: string, from: number, count: number, body: (i: number) => unknown): Promise<number[]> {
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

async function report(name: string, url: string, from: number, body: (i: number) => unknown): Promise<void> {
  const started = performance.now();
  const times = await drive(url, from, REQUESTS, body);
  const seconds = (performance.now() - started) / 1000;
  const at = (q: number): string => quantile(times, q).toFixed(1);
  console.log(
    `${name}: ${CONNECTIONS} connections, ${REQUESTS} requests: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ` +
      `${(REQUESTS / seconds).toFixed(0)} requests/s`,
  );
}

const host = await startTestHost({ env: { RATE_LIMIT_PER_MINUTE: "100000000" } });
try {
  await drive(host.url, 0, WARM_UP, (i) => ({ task: taskOf(i) }));
  await report("new tasks", host.url, 100_000, (i) => ({ task: taskOf(i) }));
  await report("one locked task", host.url, 200_000, () => ({ task: "add a health check", task_id: "load" }));
} finally {
  agent.destroy();
  await host.remove();
}
