/// <reference types="@cloudflare/vitest-plugin/types" />
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type * as z from "zod";
import { type RunCreatedBody, runCreatedSchema } from "../../../shared/contract/run-answers.ts";
import { makeKey } from "../../platform/api-key.ts";
import type { Scope } from "../../platform/auth.ts";
import { saveKey } from "../../platform/d1/api-keys-store.ts";
import { openTestDb } from "../../platform/testing/test-database.ts";
import { unwrap } from "../../platform/testing/unwrap.ts";
import type { Env } from "../env.ts";
import worker from "../index.ts";
import { type Answered, dataOf } from "./caller.ts";

/** A deployment that can run: a secret, a key for each provider, one host to call back, no limit on requests. */
export const RUN_ENV = {
  MASTER_SECRET: "for tests only: 0123456789abcdef0123456789abcdef",
  PROVIDER_KEYS: JSON.stringify({ openrouter: "or-deployed-canary", anthropic: "an-deployed-canary" }),
  CALLBACK_HOSTS: "hooks.example.com",
  RATE_LIMIT_PERIOD_S: "0",
} as const;

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Messages that the doors sent, in order, instead of the queue: nobody consumes them here. */
export const sentSteps: string[] = [];
const metrics = { backlogCount: 0, backlogBytes: 0 };
const RUN_QUEUE: Env["RUN_QUEUE"] = {
  metrics: async () => metrics,
  send: async () => ({ metadata: { metrics } }),
  sendBatch: async (batch) => {
    sentSteps.push(...[...batch].map(({ body }) => `${body.run_id}/${body.step_id}`));
    return { metadata: { metrics } };
  },
};

/** One request to the worker under another configuration than that of the tests. */
export async function ask({ method, path, body, headers }: Asked, over: Partial<Env> = {}): Promise<Response> {
  const context = createExecutionContext();
  const content = body === undefined ? {} : { "content-type": "application/json" };
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const request = new Request<unknown, IncomingRequestCfProperties>(`http://localhost${path}`, {
    method,
    headers: { ...content, ...headers },
    ...init,
  });
  const response = await worker.fetch(request, { ...env, ...RUN_ENV, RUN_QUEUE, ...over }, context);
  await waitOnExecutionContext(context);
  return response;
}

export interface RunCaller {
  readonly keyId: string;
  readonly tenantId: string;
  readonly raw: (asked: Asked, over?: Partial<Env>) => Promise<Response>;
  readonly send: (asked: Asked, over?: Partial<Env>) => Promise<Answered>;
  readonly get: (path: string) => Promise<Answered>;
  readonly post: (path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answered>;
  /** A run, which has to be accepted. */
  readonly create: (body: unknown) => Promise<RunCreatedBody>;
  readonly read: <S extends z.ZodType>(schema: S, path: string) => Promise<z.output<S>>;
}

/** A caller with a key of its own. */
export async function newRunCaller(tenantId: string, ...scopes: Scope[]): Promise<RunCaller> {
  const { key, row } = await makeKey({ tenantId, name: "test", scopes, nowMs: Date.now() });
  unwrap(await saveKey(await openTestDb(), row));
  const raw: RunCaller["raw"] = ({ headers, ...asked }, over) =>
    ask({ ...asked, headers: { authorization: `Bearer ${key}`, ...headers } }, over);
  const send: RunCaller["send"] = async (asked, over) => {
    const response = await raw(asked, over);
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  const get: RunCaller["get"] = (path) => send({ method: "GET", path });
  const post: RunCaller["post"] = (path, body, headers = {}) => send({ method: "POST", path, body, headers });
  return {
    keyId: row.id,
    tenantId,
    raw,
    send,
    get,
    post,
    create: async (body) => dataOf(runCreatedSchema, await post("/api/runs", body)),
    read: async (schema, path) => dataOf(schema, await get(path)),
  };
}
