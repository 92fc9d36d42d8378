import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { ok } from "../../shared/base/result.ts";
import { type Db, openDb } from "../platform/d1/open-db.ts";
import { readSourceStates, saveSourceFailure, saveSourceSuccess } from "../platform/d1/source-states-store.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { unwrap } from "../platform/testing/unwrap.ts";
import { type CollectDeps, collectSources } from "./collect-sources.ts";
import { DEFAULT_SOURCES, toSourceConfig } from "./source-config.ts";
import { toSourcePlans } from "./source-registry.ts";

// Against a real server: tests/source-replay.test.ts. Here the same code runs in the workers' runtime, with its database.
let db: Db;
beforeAll(async () => {
  await openTestDb();
  db = openDb(env.DB);
});

const BOARD = "- model: m\n  pass_rate_2: 60.5\n- model: n\n  pass_rate_2: 40.5\n";
const plans = toSourcePlans(DEFAULT_SOURCES).filter(({ source }) => source === "aider" || source === "epoch");

const bodies = new Map<string, Uint8Array<ArrayBuffer>>();
const deps = (nowMs: number, fetch: CollectDeps["fetch"]): CollectDeps => ({
  fetch,
  allowLoopbackHttp: false,
  nowMs: () => nowMs,
  readStates: () => readSourceStates(db),
  saveSuccess: (state) => saveSourceSuccess(db, state),
  saveFailure: (failure) => saveSourceFailure(db, failure),
  readBody: async ({ sha256 }) => ok(bodies.get(sha256)?.slice().buffer ?? null),
  saveBody: async ({ sha256, bytes }) => {
    bodies.set(sha256, bytes);
    return ok(undefined);
  },
  reportBug: (_, thrown) => {
    throw thrown;
  },
});

const serve: CollectDeps["fetch"] = async (url, init) => {
  if (!url.includes("aider")) return new Response("gone", { status: 410 });
  const has = new Headers(init.headers).get("if-none-match") === '"1"';
  return new Response(has ? null : BOARD, { status: has ? 304 : 200, headers: { etag: '"1"' } });
};
const down: CollectDeps["fetch"] = () => Promise.reject(new TypeError("network"));

test("collectSources() goes through fresh, unchanged and stale with its state in the database", async () => {
  const brief = async (nowMs: number, fetch: CollectDeps["fetch"]) =>
    unwrap(await collectSources(plans, deps(nowMs, fetch))).map(({ source, state, rows, ageMs, fault }) => [
      source,
      state,
      rows.scores.length,
      ageMs,
      fault?.kind ?? null,
    ]);
  expect(await brief(1_000, serve)).toEqual([
    ["aider", "fresh", 2, 0, null],
    ["epoch", "failed", 0, null, "not_found"],
  ]);
  expect((await brief(2_000, serve))[0]).toEqual(["aider", "fresh", 2, 0, null]);
  expect(await brief(9_000, down)).toEqual([
    ["aider", "stale", 2, 7_000, "unavailable"],
    ["epoch", "failed", 0, null, "unavailable"],
  ]);
  const states = unwrap(await readSourceStates(db));
  expect(states.map(({ source, goodAtMs, triedAtMs }) => [source, goodAtMs, triedAtMs])).toEqual([
    ["aider", 2_000, 9_000],
    ["epoch", null, 9_000],
  ]);
});

test("toSourceConfig() takes variables that are set, also empty ones, and defaults for the rest", () => {
  const config = toSourceConfig({ AIDER_URL: " https://mirror.example/a.yml ", EPOCH_URL: "", DB: env.DB });
  expect(config).toEqual({ ...DEFAULT_SOURCES, aiderUrl: "https://mirror.example/a.yml", epochUrl: "" });
});

test("toSourcePlans() names every source once and gives each board of the arena a plan of its own", () => {
  const names = toSourcePlans(DEFAULT_SOURCES).map(({ source }) => source);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => name.startsWith("lmarena"))).toEqual([
    "lmarena_text",
    "lmarena_text_coding",
    "lmarena_webdev",
    "lmarena_vision",
  ]);
});
