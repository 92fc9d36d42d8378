import { setTimeout as delay } from "node:timers/promises";

/** What the checks need from outside; `say` gets one line a check. */
export interface SmokeTarget {
  readonly url: string;
  readonly key: string | undefined;
  readonly say: (line: string) => void;
}

export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

type JsonObject = Readonly<Record<string, unknown>>;
type Check = (target: SmokeTarget) => Promise<string>;

const TASK = "Fix the typo in the label of the login button";
const REQUEST_TIMEOUT_MS = 30_000;
/** The queue hands a message over within about a second here and a few seconds when deployed. */
const PROBE_TIMEOUT_MS = 30_000;
const PROBE_POLL_MS = 500;
/** Two periods of the enricher's cron and an hour of grace. */
const REFRESH_MAX_AGE_S = 13 * 3_600;

/** In order of dependence; each returns what it saw and throws what is wrong. */
const CHECKS: readonly (readonly [string, Check])[] = [
  ["healthz answers", checkHealth],
  ["classify uses the ONNX engine", checkClassify],
  ["a decision is stored and can be read back (D1)", checkDecision],
  ["the catalogue is loaded and fresh (cron)", checkStatus],
  ["the queue reaches its consumer", checkQueue],
];

/** Runs every check, also after one has failed. */
export async function runChecks(target: SmokeTarget): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (const [name, check] of CHECKS) {
    const result = await check(target).then(
      (detail) => ({ name, ok: true, detail }),
      (error: unknown) => ({ name, ok: false, detail: error instanceof Error ? error.message : String(error) }),
    );
    target.say(`${result.ok ? "ok    " : "FAILED"} ${name}: ${result.detail}`);
    results.push(result);
  }
  return results;
}

async function checkHealth(target: SmokeTarget): Promise<string> {
  await call(target, { path: "/healthz" });
  return target.url;
}

async function checkClassify(target: SmokeTarget): Promise<string> {
  const data = field(await call(target, { path: "/api/classify", body: { task: TASK } }), "data");
  const { engine, model } = data;
  if (engine !== "onnx") throw new Error(`the engine is ${show(engine)}, so the ONNX session was not made`);
  return `model ${show(model)}`;
}

async function checkDecision(target: SmokeTarget): Promise<string> {
  const made = field(await call(target, { path: "/api/route", body: { task: TASK } }), "data");
  if (typeof made.id !== "string") throw new Error(`route gave no id: ${show(made)}`);
  const read = field(await call(target, { path: `/api/decisions/${made.id}` }), "data");
  if (read.id !== made.id || read.model !== made.model) throw new Error(`reading ${made.id} back gave ${show(read)}`);
  return `${made.id} picks ${show(made.model)}`;
}

async function checkStatus(target: SmokeTarget): Promise<string> {
  const data = field(await call(target, { path: "/api/status" }), "data");
  const catalog = field(data, "catalog");
  const refresh = field(data, "last_refresh");
  const models = catalog.models;
  if (typeof models !== "number" || models === 0) throw new Error(`no models in the catalogue: ${show(catalog)}`);
  const ageS = refresh.age_s;
  if (typeof ageS !== "number" || ageS > REFRESH_MAX_AGE_S)
    throw new Error(`the last refresh is old: ${show(refresh)}`);
  return `${models} models, refreshed ${Math.round(ageS / 60)} minutes ago, model ${show(data.model)}`;
}

async function checkQueue(target: SmokeTarget): Promise<string> {
  if (target.key === undefined) throw new Error("needs --key with an admin key");
  const { probe_id: id } = field(await call(target, { path: "/api/status/probe", method: "POST" }), "data");
  const deadline = Date.now() + PROBE_TIMEOUT_MS;
  let seen: JsonObject = {};
  while (Date.now() < deadline) {
    seen = field(await call(target, { path: `/api/status/probe/${String(id)}` }), "data");
    if (seen.state === "done") return "the consumer answered";
    if (seen.state !== "ready" && seen.state !== "running") throw new Error(`expected state "done", got ${show(seen)}`);
    await delay(PROBE_POLL_MS);
  }
  throw new Error(`no consumer has settled the step within ${PROBE_TIMEOUT_MS / 1000} s: ${show(seen)}`);
}

interface Call {
  readonly path: string;
  /** GET unless said otherwise or a body is given. */
  readonly method?: "POST";
  readonly body?: JsonObject;
}

async function call({ url, key }: SmokeTarget, { path, method, body }: Call): Promise<JsonObject> {
  const response = await fetch(url + path, {
    method: method ?? (body === undefined ? "GET" : "POST"),
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
  const parsed: unknown = JSON.parse(text);
  if (!isObject(parsed)) throw new Error(`${path} did not answer a JSON object: ${text.slice(0, 300)}`);
  return parsed;
}

const isObject = (value: unknown): value is JsonObject => typeof value === "object" && value !== null;
const show = (value: unknown): string => JSON.stringify(value) ?? "nothing";

function field(from: JsonObject, name: string): JsonObject {
  const value = from[name];
  if (!isObject(value)) throw new Error(`no ${name} in ${show(from)}`);
  return value;
}
