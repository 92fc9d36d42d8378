import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SourcePlan } from "../workers/enricher/source-plan.ts";
import { brief, collectOne, type MemoryWorld, makeWorld } from "./fake-sources/memory-world.ts";
import { BOARD, CATEGORIES, KEY, planAt, TABLE } from "./fake-sources/replay-plans.ts";
import {
  cutAfter,
  endless,
  firstThen,
  type ReplayServer,
  type Reply,
  reset,
  send,
  startReplayServer,
  trickle,
} from "./fake-sources/replay-server.ts";

let server: ReplayServer;
let other: ReplayServer;
let world: MemoryWorld;

beforeEach(async () => {
  [server, other] = await Promise.all([startReplayServer(), startReplayServer()]);
  world = makeWorld();
});
afterEach(() => Promise.all([server.close(), other.close()]));

const planOf = (source: string, limits?: Partial<SourcePlan["limits"]>) => planAt(server.url, source, limits);
const aider = (reply: Reply, limits?: Partial<SourcePlan["limits"]>) => {
  server.replies.set("/aider", reply);
  return collectOne(planOf("aider", limits), world);
};

const listed = (id: string) => ({ id, context_length: 9, pricing: { prompt: "0.000001", completion: "0.000002" } });
const list = (ids: readonly string[], next: unknown = null) =>
  JSON.stringify({ data: ids.map(listed), total_count: 99, links: { next } });
const feed = (page: number, hasMore: boolean) =>
  JSON.stringify({
    intelligence_index_version: 4.1,
    pagination: { page, has_more: hasMore },
    data: [{ name: `m${page}`, evaluations: { artificial_analysis_coding_index: 5 }, performance: {} }],
  });

describe("collectSources() reads every page", () => {
  test("of a list that links to its next page", async () => {
    server.replies.set("/models", send(list(["a/1", "a/2"], "/models2?offset=2")));
    server.replies.set("/models2", send(list(["a/2", "a/3"])));
    const got = await collectOne(planOf("openrouter"), world);
    expect(brief(got)).toEqual(["fresh", 3, null]);
    expect(got.rejected).toEqual([{ place: "page 2 a/2", reason: "stands on another page too" }]);
    expect(server.asked).toEqual(["GET /models", "GET /models2?offset=2"]);
    expect(world.bodies.size).toBe(2);
  });

  test("of a feed with numbered pages, with its key in the header alone", async () => {
    server.replies.set("/aa", (response, request, count) => send(feed(count + 1, count < 2))(response, request, count));
    expect(brief(await collectOne(planOf("artificial_analysis"), world))).toEqual(["fresh", 3, null]);
    expect(server.asked).toEqual(["GET /aa?page=1", "GET /aa?page=2", "GET /aa?page=3"]);
    expect(server.headers.every((headers) => headers["x-api-key"] === KEY)).toBe(true);
  });

  test("of a dataset by offset, and refuses a full page that does not say the total", async () => {
    const rows = (from: number, count: number, total?: number) =>
      JSON.stringify({
        rows: Array.from({ length: count }, (_, i) => ({
          row: { model_name: `m${from + i}`, rating: 1_400, category: "overall" },
          truncated_cells: [],
        })),
        ...(total === undefined ? {} : { num_rows_total: total }),
      });
    server.replies.set("/filter", firstThen(send(rows(0, 100, 130)), send(rows(100, 30, 130)), send(rows(0, 100))));
    expect(brief(await collectOne(planOf("lmarena_text"), world))).toEqual(["fresh", 130, null]);
    expect(server.asked[1]).toContain("offset=100");
    expect(decodeURIComponent(server.asked[0] ?? "").replaceAll("+", " ")).toContain(`where="category"='overall'`);
    expect(brief(await collectOne(planOf("lmarena_text"), world))).toEqual(["stale", 130, "malformed_data"]);
  });

  test("up to the page cap, and neither in a circle nor to another host", async () => {
    server.replies.set("/models", (response, request, count) =>
      send(list(["a/1"], `/models?offset=${count + 1}`))(response, request, count),
    );
    expect(brief(await collectOne(planOf("openrouter", { maxPages: 5 }), world))).toEqual([
      "failed",
      0,
      "malformed_data",
    ]);
    expect(server.asked).toHaveLength(5);
    server.replies.set("/models", send(list(["a/1"], "/models?x=1")));
    const circle = await collectOne(planOf("openrouter"), makeWorld());
    expect(circle.fault).toMatchObject({ kind: "malformed_data" });
    server.replies.set("/models", send(list(["a/1"], `${other.url}/models`)));
    const foreign = await collectOne(planOf("openrouter"), makeWorld());
    expect(foreign.fault).toMatchObject({ detail: "links.next: leads to another host" });
    expect(other.asked).toEqual([]);
  });
});

describe("collectSources() gives a typed fault", () => {
  test.each([
    [410, "not_found"],
    [404, "not_found"],
    [401, "forbidden"],
    [403, "forbidden"],
    [400, "malformed_data"],
    [206, "malformed_data"],
    [304, "malformed_data"],
  ] as const)("when the answer is %i, and does not ask again", async (status, kind) => {
    expect(brief(await aider(send("", { status })))).toEqual(["failed", 0, kind]);
    expect(server.asked).toHaveLength(1);
  });

  test.each([
    ["as HTML", { "content-type": "text/html" }],
    ["as JSON", { "content-type": "application/json" }],
  ])("when a page of HTML comes %s", async (_, headers) => {
    const got = await aider(send("\n<!DOCTYPE html><html><body>Sign in</body></html>", { headers }));
    expect(got.fault).toMatchObject({ kind: "malformed_data", detail: "a page of HTML or XML" });
  });

  test("when a CSV breaks off on the way, or arrives broken off", async () => {
    server.replies.set("/categories_2026_06_25.json", send(CATEGORIES));
    const promised = { "content-length": String(TABLE.length) };
    const cut = TABLE.slice(0, -8);
    server.replies.set("/table_2026_06_25.csv", cutAfter(cut, promised));
    expect(brief(await collectOne(planOf("livebench"), world))).toEqual(["failed", 0, "unavailable"]);
    server.replies.set("/table_2026_06_25.csv", cutAfter(cut, {}));
    expect(brief(await collectOne(planOf("livebench"), world))).toEqual(["failed", 0, "unavailable"]);
    server.replies.set("/table_2026_06_25.csv", send(cut));
    expect(brief(await collectOne(planOf("livebench"), world))).toEqual(["failed", 0, "malformed_data"]);
    server.replies.set("/table_2026_06_25.csv", send(TABLE));
    expect(brief(await collectOne(planOf("livebench"), world))).toEqual(["fresh", 4, null]);
  });

  test("when a body is of 200 MB, which is not read to its end", async () => {
    const size = 200 * 1024 * 1024;
    const stated = { "content-length": String(size) };
    for (const headers of [stated, {}]) {
      server.sentBytes = 0;
      const got = await aider(endless(server, size, headers));
      expect(got.fault).toMatchObject({ kind: "malformed_data", detail: "more than 8388608 bytes" });
      expect(server.sentBytes).toBeLessThan(40 * 1024 * 1024);
    }
    const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024));
    const packed = await aider(send(bomb, { headers: { "content-encoding": "gzip" } }));
    expect([bomb.length < 100_000, packed.fault?.kind]).toEqual([true, "malformed_data"]);
    expect(world.bodies.size).toBe(0);
  });

  test("when a body trickles, by the time for one request and for all of them", async () => {
    const got = await aider(trickle, { requestMs: 1_000 });
    expect(got.fault).toMatchObject({ kind: "unavailable", detail: "no whole answer within 1000 ms" });
    expect(server.asked).toHaveLength(2);
    // Here the clock moves with the requests: at 2 s there is no time left for a second.
    const slow = makeWorld();
    let sent = 0;
    const fetchSlowly: typeof slow.deps.fetch = (url, init) => {
      slow.clock.nowMs += 2_000;
      sent++;
      return fetch(url, init);
    };
    const plan = planOf("aider", { requestMs: 200, totalMs: 2_000 });
    const one = await collectOne(plan, { ...slow, deps: { ...slow.deps, fetch: fetchSlowly } });
    expect([one.fault?.kind, sent]).toEqual(["unavailable", 1]);
  });

  test("when it is sent to another host, which is not called", async () => {
    const plan = planOf("artificial_analysis");
    server.replies.set("/aa", send("", { status: 302, headers: { location: `${other.url}/aa` } }));
    const got = await collectOne(plan, world);
    expect(brief(got)).toEqual(["failed", 0, "forbidden"]);
    expect(other.asked).toEqual([]);
    expect(JSON.stringify([got, ...world.states.values()])).not.toContain(KEY);
  });

  test("when the connection is reset before or in the answer, or nobody listens", async () => {
    expect(brief(await aider(reset))).toEqual(["failed", 0, "unavailable"]);
    expect(brief(await aider(firstThen(reset, send(BOARD)), {}))).toEqual(["fresh", 2, null]);
    await server.close();
    expect(brief(await collectOne(planOf("aider"), world))).toEqual(["stale", 2, "unavailable"]);
  });
});
