import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hostileUrls } from "../fake-provider/hostile-urls.ts";
import { playRoles, toVerdict } from "../fake-provider/play-roles.ts";
import { refuse } from "../fake-provider/speech.ts";
import { type Canary, startCanary } from "../fake-provider/start-canary.ts";
import { type FakeProvider, type Script, startFakeProvider } from "../fake-provider/start-fake-provider.ts";
import { END, head, RESET, write } from "../fake-provider/timeline.ts";
import { findSecrets, readFolder } from "./find-secrets.ts";
import { PATIENCE, START_MS } from "./patience.ts";
import { startRunHost } from "./start-run-host.ts";
import type { TestHost } from "./start-test-host.ts";

/** Markers where secrets go; none is a secret of anybody. */
const MASTER = "master-canary/4c1f+9d02-7b6e-5a8c-deadline";
const DEPLOYED = "deployed-key-canary/71+e3-9f0a";
const OWN = "tenant-key-canary/5b+d8-2c44";
const PROMPT = "prompt-canary/88+zebra-quagga";
const EVIDENCE = "evidence-canary/17+okapi-gnu";
const ANSWER = "answer-canary/33+tapir-ibex";

let provider: FakeProvider;
let canary: Canary;
let receiver: Server;
let host: TestHost;
/** Everything that came back, and what a receiver of callbacks was told. */
const answers: (readonly [string, Buffer])[] = [];
const callbacks: (readonly [string, Buffer])[] = [];
let receiverUrl = "";
/** Where the receiver sends whoever calls it; null = it takes what comes. */
let redirectTo: string | null = null;

beforeAll(async () => {
  provider = await startFakeProvider();
  canary = await startCanary();
  receiver = createServer((request, response) => {
    const pieces: Buffer[] = [JSON.stringify(request.headers)].map((text) => Buffer.from(text));
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      callbacks.push(["callback", Buffer.concat(pieces)]);
      response.writeHead(redirectTo === null ? 204 : 307, redirectTo === null ? {} : { location: redirectTo }).end();
    });
  });
  await new Promise<void>((go) => receiver.listen(0, "127.0.0.1", go));
  // A server that listens on a port has an address of this kind.
  const { port } = receiver.address() as AddressInfo;
  receiverUrl = `http://127.0.0.1:${port}/hook`;
  const env = { MASTER_SECRET: MASTER, PROVIDER_KEYS: JSON.stringify({ openrouter: DEPLOYED }) };
  const CALLBACK_HOSTS = ` hooks.example, 127.0.0.1:${port}`;
  host = await startRunHost({ providerUrl: provider.url, env: { ...env, CALLBACK_HOSTS } });
}, START_MS);
afterAll(async () => {
  await host?.remove();
  receiver?.close();
  await canary?.close();
  await provider?.close();
});

interface Told {
  readonly status: number;
  readonly data: { readonly id?: string; readonly status?: string; readonly secret?: string };
}

/** One request; its answer is kept to be looked through, unless it is the one that is to hold a secret. */
async function ask(
  path: string,
  { method = "GET", body, isSecret = false, accept = "application/json" } = AS_IS,
): Promise<Told> {
  const headers = { authorization: `Bearer ${host.key}`, "content-type": "application/json", accept };
  const request = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(`${host.url}${path}`, { method, headers, ...request });
  const text = await answer.text();
  if (!isSecret) answers.push([`${method} ${path}`, Buffer.from(`${JSON.stringify([...answer.headers])}${text}`)]);
  if (accept !== "application/json") return { status: answer.status, data: {} };
  const { data = {} } = JSON.parse(text) as { data?: Told["data"] };
  return { status: answer.status, data };
}
const AS_IS: { method?: string; body?: object; isSecret?: boolean; accept?: string } = {};

const ENDED = ["done", "failed", "canceled", "expired", "awaiting_verdict", "paused_budget"];

async function runOf(body: object): Promise<string> {
  const { data } = await ask("/api/runs", { method: "POST", body: { task: `Mend it, ${PROMPT}`, ...body } });
  if (data.id === undefined) throw new Error("no run was accepted");
  return data.id;
}

const isOver = async (id: string): Promise<boolean> => ENDED.includes((await ask(`/api/runs/${id}`)).data.status ?? "");
const waitFor = (id: string): Promise<void> => expect.poll(() => isOver(id), PATIENCE).toBe(true);

const hasEvent = async (id: string, text: string): Promise<boolean> =>
  JSON.stringify((await ask(`/api/runs/${id}/events`)).data).includes(text);
/** Whether something of a run has failed: by then the answer is read, logged and settled. */
const hasFailed = async (id: string): Promise<boolean> => (await hasEvent(id, '"step_retry"')) || (await isOver(id));

/** A provider that says back whatever it was sent, key and all, in the ways that it can fail. */
const FAULTS: readonly Script[] = [
  ({ wire, body }) => refuse(wire, { status: 400, code: JSON.stringify(body), metadata: { body } }),
  ({ headers, body }) => [
    head(500, { "content-type": "text/html", "x-echo": String(headers.authorization) }),
    write(JSON.stringify([headers, body])),
    END,
  ],
  ({ headers }) => [
    head(307, { location: `http://127.0.0.1:${canary.port}/?key=${String(headers.authorization)}` }),
    END,
  ],
  ({ headers, body }) => [
    head(200, { "content-type": "application/json" }),
    write(JSON.stringify({ headers, body })),
    END,
  ],
  ({ headers }) => [
    head(200, { "content-type": "text/event-stream" }),
    write(`data: ${JSON.stringify(headers)}\n\n`),
    RESET,
  ],
  // Last: it closes the way to the provider for this key.
  ({ wire, headers }) =>
    refuse(wire, { status: 401, code: String(headers.authorization), type: String(headers.authorization) }),
];

async function useEverything(): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const key of [DEPLOYED, OWN]) {
    if (key === OWN) {
      const body = { key: OWN };
      expect((await ask("/api/providers/openrouter/key", { method: "PUT", body })).status).toBe(200);
      await ask("/api/providers/openrouter/key", { method: "PUT", body: { key: `${OWN} with a space` } });
      await ask("/api/providers/nobody/key", { method: "PUT", body });
      await ask("/api/providers/openrouter/key", { method: "PUT", body: { key: OWN, [OWN]: 1 } });
      await ask("/api/providers/openrouter/key");
    }
    provider.script = playRoles({ work: () => "a plain answer", judge: (call) => toVerdict(call, 2) });
    const task = `1. Write the parser, ${PROMPT}\n2. Write its tests\n3. Document ${PROMPT}`;
    const modes = ["single", "collective", "cascade", "plan", "swarm"];
    const made = await Promise.all(modes.map((mode) => runOf({ task, mode, callback_url: receiverUrl })));
    for (const id of made) await waitFor(id);
    for (const script of FAULTS) {
      provider.script = script;
      const id = await runOf({ mode: "single" });
      await expect.poll(() => hasFailed(id), PATIENCE).toBe(true);
      await ask(`/api/runs/${id}/cancel`, { method: "POST", body: {} });
      ids.push(id);
    }
    expect(provider.calls.some(({ headers }) => headers.authorization === `Bearer ${key}`)).toBe(true);
    ids.push(...made);
  }
  await ask("/api/providers/openrouter/key", { method: "PUT", body: { key: OWN } });
  provider.script = playRoles({ work: () => `the result: ${ANSWER}` });
  const judged = await runOf({ mode: "cascade", verifier: "external" });
  await waitFor(judged);
  const verdict = { accepted: false, source: "ci", evidence: `log: ${EVIDENCE}` };
  await ask(`/api/runs/${judged}/verdict`, { method: "POST", body: verdict });
  await waitFor(judged);
  // An open run's stream of events would stay open too.
  await ask(`/api/runs/${judged}/cancel`, { method: "POST", body: {} });
  return [...ids, judged];
}

test("a callback goes to no address but the listed ones, and follows no redirect from them", async () => {
  const urls = hostileUrls(canary.port);
  const before = provider.calls.length;
  const taken: string[] = [];
  for (const url of urls) {
    const body = { task: "Mend the parser", mode: "single", callback_url: url };
    const { status } = await ask("/api/runs", { method: "POST", body });
    if (status !== 400) taken.push(`${status} ${url}`);
  }
  expect(taken).toEqual([]);
  expect(provider.calls).toHaveLength(before);
  redirectTo = `http://127.0.0.1:${canary.port}/`;
  provider.script = playRoles({});
  const id = await runOf({ mode: "single", callback_url: receiverUrl });
  await waitFor(id);
  await expect.poll(() => callbacks.length, PATIENCE).toBeGreaterThan(0);
  // Not taken, and told so: whoever would have followed has done so by now.
  await expect.poll(() => hasEvent(id, "callback_failed"), PATIENCE).toBe(true);
  redirectTo = null;
  expect(canary.heard).toEqual({ connections: 0, bytes: 0 });
}, 300_000);

test("no key, secret or prompt stands in any file, answer, event, callback or log line", async () => {
  const { data } = await ask("/api/callback-secret", { isSecret: true });
  const callbackSecret = data.secret?.replace("whsec_", "") ?? "";
  expect(callbackSecret.length).toBeGreaterThan(30);
  const ids = await useEverything();
  for (const id of ids) {
    await ask(`/api/runs/${id}`);
    await ask(`/api/runs/${id}/events`);
    await ask(`/api/runs/${id}/events`, { accept: "text/event-stream" });
  }
  for (const path of ["/api/runs?limit=100", "/api/decisions", "/api/status", "/api/policy"]) await ask(path);
  await expect.poll(() => callbacks.length, PATIENCE).toBeGreaterThanOrEqual(5);

  const key = host.key ?? "";
  const keys = { MASTER, DEPLOYED, OWN, callbackSecret, key };
  // What a run was asked and what came of it are answered to whoever may read them, and nowhere else.
  const words = { PROMPT, EVIDENCE, ANSWER };
  // The start prints the development key and keeps it, by design, in a file of its own.
  const log = (): readonly (readonly [string, Buffer])[] => [["log", Buffer.from(host.output().replaceAll(key, ""))]];
  const files = () => readFolder(host.stateDir, ["dev-key", "host.json"]);
  expect(findSecrets([...files(), ...log(), ...answers, ...callbacks], { ...keys, ...words })).toEqual([]);
  await host.stop();
  expect(findSecrets([...files(), ...log()], { ...keys, ...words })).toEqual([]);
  // The search finds what is there: a run's id in the database, and the answers' own words.
  expect(findSecrets(files(), { id: ids[0] ?? "" }).length).toBeGreaterThan(0);
  expect(findSecrets(answers, { id: ids[0] ?? "" }).length).toBeGreaterThan(0);
  expect(files().filter(([name]) => name.includes("r2")).length).toBeGreaterThan(0);
  expect(canary.heard).toEqual({ connections: 0, bytes: 0 });
}, 600_000);
