import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { collectSources } from "../workers/enricher/collect-sources.ts";
import { DEFAULT_SOURCES } from "../workers/enricher/source-config.ts";
import type { SourcePlan } from "../workers/enricher/source-plan.ts";
import { toSourcePlans } from "../workers/enricher/source-registry.ts";
import { brief, collectOne, type MemoryWorld, makeWorld } from "./fake-sources/memory-world.ts";
import { BOARD, CATEGORIES, configAt, KEY, planAt, TABLE } from "./fake-sources/replay-plans.ts";
import {
  firstThen,
  type ReplayServer,
  type Reply,
  reset,
  send,
  startReplayServer,
  tagged,
  trickle,
} from "./fake-sources/replay-server.ts";

let server: ReplayServer;
let world: MemoryWorld;

beforeEach(async () => {
  server = await startReplayServer();
  world = makeWorld();
});
afterEach(() => server.close());

const planOf = (source: string, limits?: Partial<SourcePlan["limits"]>) => planAt(server.url, source, limits);
const aider = (reply: Reply, limits?: Partial<SourcePlan["limits"]>) => {
  server.replies.set("/aider", reply);
  return collectOne(planOf("aider", limits), world);
};

const unwrapped = <T>(result: { ok: true; value: T } | { ok: false }): T => {
  if (!result.ok) throw new Error("a fault");
  return result.value;
};

describe("collectSources() asks again", () => {
  test("once and at once after a broken answer", async () => {
    const got = await aider(firstThen(send("", { status: 500 }), send(BOARD)));
    expect([brief(got), server.asked.length]).toEqual([["fresh", 2, null], 2]);
    expect((await aider(send("", { status: 500 }))).fault).toMatchObject({ detail: "answered 500" });
    expect(server.asked).toHaveLength(4);
  });

  test.each([
    ["429 in seconds", 429, () => "7", 7],
    ["429 by a date", 429, () => new Date(world.clock.nowMs + 12_000).toUTCString(), 12],
    ["503 that states a wait", 503, () => "90", 90],
  ])("not before the time that was asked for: %s", async (_, status, after, retryAfterS) => {
    const busy = await aider(send("", { status, headers: { "retry-after": after() } }));
    expect([busy.fault, server.asked.length]).toEqual([{ kind: "rate_limited", retryAfterS }, 1]);
    server.replies.set("/aider", send(BOARD));
    world.clock.nowMs += retryAfterS * 1_000 - 1;
    expect((await collectOne(planOf("aider"), world)).fault?.kind).toBe("rate_limited");
    expect(server.asked).toHaveLength(1);
    world.clock.nowMs += 1;
    expect(brief(await collectOne(planOf("aider"), world))).toEqual(["fresh", 2, null]);
  });

  test("after a while where a busy source says nothing, and gives its last good rows until then", async () => {
    await aider(send(BOARD));
    const got = await aider(send("", { status: 429 }));
    expect([got.state, got.rows.scores.length, got.fault]).toEqual([
      "stale",
      2,
      { kind: "rate_limited", retryAfterS: 30 },
    ]);
    expect(world.states.get("aider")?.notBeforeMs).toBe(world.clock.nowMs + 30_000);
  });
});

describe("collectSources() keeps what was good", () => {
  test("and reads the kept body when the source answers 304", async () => {
    server.replies.set("/aider", tagged(BOARD, '"1"'));
    await collectOne(planOf("aider"), world);
    world.clock.nowMs += 5_000;
    const again = await collectOne(planOf("aider"), world);
    expect([brief(again), again.ageMs]).toEqual([["fresh", 2, null], 0]);
    expect(server.headers.map((headers) => headers["if-none-match"])).toEqual([undefined, '"1"']);
    expect(world.states.get("aider")?.goodAtMs).toBe(world.clock.nowMs);
  });

  test.each(["is gone", "was changed"])("or fetches the body again when the kept one %s", async (what) => {
    server.replies.set("/aider", tagged(BOARD, '"1"'));
    await collectOne(planOf("aider"), world);
    const [sha256 = ""] = world.bodies.keys();
    if (what === "is gone") world.bodies.clear();
    else world.bodies.set(sha256, new Uint8Array(3));
    expect(brief(await collectOne(planOf("aider"), world))).toEqual(["fresh", 2, null]);
    expect(server.headers.map((headers) => headers["if-none-match"])).toEqual([undefined, '"1"', undefined]);
  });

  test("as stale with its age, release and fault, when a later body is broken", async () => {
    server.replies.set("/table_2026_06_25.csv", send(TABLE));
    server.replies.set("/categories_2026_06_25.json", send(CATEGORIES));
    await collectOne(planOf("livebench"), world);
    world.clock.nowMs += 90_000;
    const next = { ...configAt(server.url), livebenchRelease: "2026-09-01" };
    const [plan] = toSourcePlans(next).filter(({ source }) => source === "livebench");
    const got = plan === undefined ? null : await collectOne(plan, world);
    expect(got).toMatchObject({ state: "stale", ageMs: 90_000, release: "2026-06-25", fault: { kind: "not_found" } });
    expect(got?.rows.scores.every(({ release }) => release === "2026-06-25")).toBe(true);
  });

  test("and says so when the body cannot be kept, or nothing can be read", async () => {
    const down = { ok: false, fault: { kind: "unavailable", what: "object storage", detail: "down" } } as const;
    server.replies.set("/aider", send(BOARD));
    const noStore = { ...world, deps: { ...world.deps, saveBody: async () => down } };
    expect(brief(await collectOne(planOf("aider"), noStore))).toEqual(["fresh", 2, "unavailable"]);
    expect(world.states.size).toBe(0);
    expect(await collectSources([], { ...world.deps, readStates: async () => down })).toEqual(down);
  });

  test("of a gzipped body as it is unpacked", async () => {
    const got = await aider(send(gzipSync(BOARD), { headers: { "content-encoding": "gzip" } }));
    expect(brief(got)).toEqual(["fresh", 2, null]);
    expect(Buffer.from([...world.bodies.values()][0] ?? []).toString()).toBe(BOARD);
  });
});

test("collectSources() lets no source stop another, be it by a bug", async () => {
  server.replies.set("/aider", send(BOARD));
  server.replies.set("/models", trickle);
  server.replies.set("/aa", reset);
  server.replies.set("/models-dev", send("<html></html>"));
  server.replies.set("/epoch", send("PK no archive"));
  const plans = toSourcePlans(configAt(server.url)).map((plan) => ({
    ...plan,
    // Short for the one that never ends.
    limits: { ...plan.limits, ...(plan.source === "openrouter" ? { requestMs: 300 } : {}) },
  }));
  const broken = plans.map((plan) =>
    plan.source === "livebench" ? { ...plan, unpack: () => Promise.reject(new TypeError("x")) } : plan,
  );
  server.replies.set("/table_2026_06_25.csv", send(TABLE));
  const collected = unwrapped(await collectSources(broken, world.deps));
  expect(Object.fromEntries(collected.map((one) => [one.source, one.fault?.kind ?? one.state]))).toEqual({
    openrouter: "unavailable",
    artificial_analysis: "unavailable",
    lmarena_text: "not_found",
    livebench: "unavailable",
    aider: "fresh",
    epoch: "malformed_data",
    models_dev: "malformed_data",
    hf_open_llm: "off",
  });
  expect(world.bugs).toEqual(["livebench: TypeError"]);
  const secrets = JSON.stringify([collected, [...world.states.values()]]);
  expect(secrets).not.toContain(KEY);
});

test("collectSources() asks no source that has no key or address", async () => {
  const none = { openRouterUrl: "", artificialAnalysisUrl: "", lmarenaUrl: "", livebenchUrl: "", aiderUrl: "" };
  const plans = toSourcePlans({ ...DEFAULT_SOURCES, ...none, epochUrl: "", modelsDevUrl: "" });
  const collected = unwrapped(await collectSources(plans, world.deps));
  expect(new Set(collected.map(({ state }) => state))).toEqual(new Set(["off"]));
  const [, feedPlan] = toSourcePlans(DEFAULT_SOURCES);
  expect(feedPlan?.off).toBe("no key is set");
});
