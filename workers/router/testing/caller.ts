import { exports } from "cloudflare:workers";
import type * as z from "zod";
import { parseCatalog } from "../../../shared/catalog/parse-catalog.ts";
import {
  type DecisionBody,
  decisionSchema,
  type VerdictAnswer,
  verdictAnswerSchema,
} from "../../../shared/contract/decisions.ts";
import defaultCatalogue from "../../../shared/data/default-catalogue.json" with { type: "json" };
import { makeKey } from "../../platform/api-key.ts";
import type { Scope } from "../../platform/auth.ts";
import { saveKey } from "../../platform/d1/api-keys-store.ts";
import { saveCatalog } from "../../platform/d1/catalog-store.ts";
import { rankWorldMemo } from "../../platform/memo.ts";
import { openTestDb } from "../../platform/testing/test-database.ts";
import { unwrap } from "../../platform/testing/unwrap.ts";

export const catalog = unwrap(parseCatalog(defaultCatalogue));

/** Serves the default rows under another version, costs multiplied: what a refresh overnight may do. */
export async function serveCatalog(version: string, costFactor: number): Promise<void> {
  const models = catalog.models.map((row) => ({
    ...row,
    cost: { ...row.cost, microUsd: row.cost.microUsd * costFactor },
  }));
  const db = await openTestDb();
  unwrap(await saveCatalog(db, { catalog: { ...catalog, version, models }, report: {}, createdAtMs: Date.now() }));
  // Written past the doors, so nothing else says that what is held is out of date.
  rankWorldMemo.forget();
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request through the worker's own fetch handler. */
export async function send({ method, path, body, headers }: Sent): Promise<Answered> {
  const content = body === undefined ? {} : { "content-type": "application/json" };
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const request = new Request(`http://localhost${path}`, { method, headers: { ...content, ...headers }, ...init });
  const response = await exports.default.fetch(request);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** `data` of a successful answer, checked against the contract; a fault fails the test with its content. */
export function dataOf<S extends z.ZodType>(schema: S, answer: Answered): z.output<S> {
  const { body } = answer;
  if (typeof body === "object" && body !== null && "data" in body) return schema.parse(body.data);
  throw new Error(`no data: ${answer.status} ${JSON.stringify(body)}`);
}

export interface Caller {
  readonly keyId: string;
  /** `extra` headers take the place of the caller's own, such as its address. */
  readonly get: (path: string, extra?: Readonly<Record<string, string>>) => Promise<Answered>;
  readonly post: (path: string, body?: unknown) => Promise<Answered>;
  readonly put: (path: string, body: unknown) => Promise<Answered>;
  readonly remove: (path: string) => Promise<Answered>;
  readonly route: (body: unknown) => Promise<DecisionBody>;
  readonly verdict: (id: string, body: unknown) => Promise<VerdictAnswer>;
}

let callers = 0;

/** A caller with a key and an address of its own: the rate limit counts both. */
export async function newCaller(tenantId: string, ...scopes: Scope[]): Promise<Caller> {
  const { key, row } = await makeKey({ tenantId, name: "test", scopes, nowMs: Date.now() });
  unwrap(await saveKey(await openTestDb(), row));
  callers += 1;
  const headers = { authorization: `Bearer ${key}`, "cf-connecting-ip": `203.0.113.${callers}` };
  const post = (path: string, body?: unknown) => send({ method: "POST", path, body, headers });
  return {
    keyId: row.id,
    get: (path, extra) => send({ method: "GET", path, headers: { ...headers, ...extra } }),
    post,
    put: (path, body) => send({ method: "PUT", path, body, headers }),
    remove: (path) => send({ method: "DELETE", path, headers }),
    route: async (body) => dataOf(decisionSchema, await post("/api/route", body)),
    verdict: async (id, body) => dataOf(verdictAnswerSchema, await post(`/api/decisions/${id}/verdict`, body)),
  };
}
