import { createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { fail, ok } from "../../shared/base/result.ts";
import defaultCatalogue from "../../shared/data/default-catalogue.json" with { type: "json" };
import { listCatalogVersions } from "../platform/d1/catalog-history-store.ts";
import { readCatalog, readCurrentCatalogVersion, serveStoredCatalog } from "../platform/d1/catalog-store.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { askForRefresh } from "../platform/d1/refresh-requests-store.ts";
import { readLastRefresh, readLastReport } from "../platform/d1/refreshes-store.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { faultOf, unwrap } from "../platform/testing/unwrap.ts";
import { toRunDeps } from "./env.ts";
import worker from "./index.ts";
import { type RunDeps, runRefreshes } from "./run-refreshes.ts";
import { DEFAULT_SOURCES } from "./source-config.ts";
import { toSourcePlans } from "./source-registry.ts";

const HOUR_MS = 3_600_000;
const EMPTY = [
  "catalog_current",
  "catalog_models",
  "catalog_snapshots",
  "catalog_refreshes",
  "refresh_requests",
  "source_states",
];

let db: Db;
let clockMs: number;
beforeEach(async () => {
  db = await openTestDb();
  await env.DB.batch(EMPTY.map((table) => env.DB.prepare(`delete from ${table}`)));
  clockMs = Date.UTC(2026, 10, 21);
});

interface Offer {
  readonly models: number;
  /** Cents per 1M prompt tokens of the first model. */
  readonly price: number;
  readonly version: string;
  /** Added to the index of the first half, taken from the second. */
  readonly shift: number;
  /** How many models the index knows; the others are null. */
  readonly rated: number;
}
/** More than two thirds of the shipped list, which would hold back a shorter one. */
const OFFER: Offer = { models: 200, price: 100, version: "4.1", shift: 0, rated: 200 };

/** Two of them carry the scale; the others are like nothing else. */
const nameOf = (i: number) =>
  i === 20
    ? { id: "openai/gpt-4o-2024-11-20", name: "GPT-4o (2024-11-20)" }
    : i === 150
      ? { id: "anthropic/claude-sonnet-4.5", name: "Claude Sonnet 4.5" }
      : { id: `maker/model-${i + 1}`, name: `Model ${i + 1}` };

const listOf = ({ models, price }: Offer) =>
  JSON.stringify({
    data: Array.from({ length: models }, (_, i) => ({
      ...nameOf(i),
      context_length: 100_000,
      pricing: { prompt: String((i === 0 ? price : 100) / 1e8), completion: "0.000002" },
    })),
  });
const feedOf = ({ models, version, shift, rated }: Offer) =>
  JSON.stringify({
    intelligence_index_version: version,
    pagination: { page: 1, has_more: false },
    data: Array.from({ length: models }, (_, i) => {
      const at = 15 + i * 0.3 + (i < models / 2 ? shift : -shift);
      const index = i < rated ? at : null;
      return {
        name: nameOf(i).name,
        evaluations: { artificial_analysis_intelligence_index: index, artificial_analysis_coding_index: index },
        performance: { median_output_tokens_per_second: 50 + i },
      };
    }),
  });

/** The list and the index say what they are told; every other source is off. */
const plans = toSourcePlans({ ...DEFAULT_SOURCES, artificialAnalysisKey: "k" }).filter(({ source }) =>
  ["openrouter", "artificial_analysis"].includes(source),
);
const serve =
  (offer: Partial<Offer>): RunDeps["collecting"]["fetch"] =>
  async (url) =>
    new Response(url.includes("openrouter") ? listOf({ ...OFFER, ...offer }) : feedOf({ ...OFFER, ...offer }));
const down: RunDeps["collecting"]["fetch"] = () => Promise.reject(new TypeError("network"));

function deps(fetch: RunDeps["collecting"]["fetch"], fields: Partial<RunDeps> = {}): RunDeps {
  const real = toRunDeps(env);
  const nowMs = () => clockMs;
  return { ...real, nowMs, plans, collecting: { ...real.collecting, nowMs, fetch }, ...fields };
}

const run = async (fetch: RunDeps["collecting"]["fetch"]) => {
  clockMs += HOUR_MS;
  const done = unwrap(await runRefreshes({ isScheduled: true }, deps(fetch)));
  if (done === null) throw new Error("a refresh was expected");
  return done;
};
const served = async () => unwrap(await readCurrentCatalogVersion(db));
const catalogNow = async () => unwrap(await readCatalog(db, { version: (await served()) ?? "" }));

describe("runRefreshes()", () => {
  test("without any source in reach serves the shipped catalogue and says why of each source", async () => {
    const done = await run(down);
    expect(done).toMatchObject({ outcome: "unreachable", version: defaultCatalogue.version });
    expect(done.detail).toContain("none of 2 sources could be read");
    expect(done.report?.sources.map(({ source, state, faultKind }) => [source, state, faultKind])).toEqual([
      ["openrouter", "failed", "unavailable"],
      ["artificial_analysis", "failed", "unavailable"],
    ]);
    expect(await served()).toBe(defaultCatalogue.version);
    expect((await catalogNow()).models).toHaveLength(defaultCatalogue.models.length);
  });

  test("makes a live catalogue out of the sources, then finds it unchanged, then sees a price change", async () => {
    const first = await run(serve({}));
    expect([first.outcome, first.report?.guards]).toEqual(["loaded", []]);
    const made = await catalogNow();
    expect(made.models.filter(({ effort }) => effort === "default")).toHaveLength(200);
    expect(made.models[0]?.abilities.coding).toBeDefined();
    expect(made.attribution[0]).toContain("Artificial Analysis (https://artificialanalysis.ai)");
    const again = await run(serve({}));
    expect([again.outcome, await served()]).toEqual(["unchanged", made.version]);
    const dearer = await run(serve({ price: 200 }));
    expect(dearer.outcome).toBe("loaded");
    expect(dearer.report?.diff?.counts).toEqual({ added: 0, gone: 0, priceChanges: 1, scoreMoves: 0 });
    expect(unwrap(await listCatalogVersions(db, { limit: 9 })).map(({ report }) => report.replaced)).toEqual([
      made.version,
      defaultCatalogue.version,
      null,
    ]);
  });

  test("keeps the last good rows of a source that fails, with their age", async () => {
    await run(serve({}));
    const version = await served();
    const done = await run(async (url, init) => (url.includes("openrouter") ? serve({})(url, init) : down(url, init)));
    expect([done.outcome, await served()]).toEqual(["unchanged", version]);
    expect(done.report?.sources[1]).toMatchObject({ state: "stale", faultKind: "unavailable" });
    const { goodAtMs } = done.report?.sources[1] ?? {};
    expect(clockMs - (goodAtMs ?? 0)).toBe(HOUR_MS);
  });

  test("holds back a list that lost a third, and an administrator may serve it", async () => {
    await run(serve({}));
    const version = (await served()) ?? "";
    const held = await run(serve({ models: 125 }));
    expect([held.outcome, held.version, await served()]).toEqual(["held_back", version, version]);
    expect(held.detail).toContain("of 200 models 125 are left");
    expect(unwrap(await readLastReport(db))).toEqual(held);
    const candidate = held.report?.candidate ?? "";
    const input = { version: candidate, over: version, nowMs: clockMs, heartbeat: { ...held, id: "ref_x" } };
    expect(unwrap(await serveStoredCatalog(db, { ...input, version: "none" }))).toBe(false);
    expect(unwrap(await serveStoredCatalog(db, input))).toBe(true);
    expect((await catalogNow()).models.filter(({ effort }) => effort === "default")).toHaveLength(125);
    expect((await run(serve({ models: 125 }))).outcome).toBe("unchanged");
  });

  test("holds back a new edition for a day, and keeps the scores of the old one beside it", async () => {
    await run(serve({}));
    const rebased = serve({ version: "4.2", rated: 50 });
    const held = await run(rebased);
    expect([held.outcome, held.report?.guards.map(({ guard, about }) => `${guard} ${about}`)]).toEqual([
      "held_back",
      ["index_version artificial_analysis"],
    ]);
    expect(held.report?.carriedCount).toBe(400);
    clockMs += 22 * HOUR_MS;
    expect((await run(rebased)).outcome).toBe("held_back");
    const passed = await run(rebased);
    expect([passed.outcome, passed.report?.guards]).toEqual(["loaded", []]);
    const rated = (await catalogNow()).models.filter(({ abilities }) => abilities.coding !== undefined);
    expect(rated.length).toBe(200);
  });

  test("holds back a mass shift within one edition", async () => {
    await run(serve({}));
    const held = await run(serve({ shift: 15 }));
    expect(held.report?.guards.map(({ guard }) => guard)).toContain("mass_shift");
  });

  test("does nothing where nobody asked, and one refresh for all who did", async () => {
    const idle = await runRefreshes({ isScheduled: false }, deps(down));
    expect([unwrap(idle), await served()]).toEqual([null, defaultCatalogue.version]);
    const ask = (id: string, keyId: string) =>
      askForRefresh(db, { id, keyId, nowMs: Date.now(), perHour: 2, leaseMs: 1 });
    unwrap(await ask("rfr_1", "key_1"));
    await new Promise((done) => setTimeout(done, 5));
    unwrap(await ask("rfr_2", "key_2"));
    expect(unwrap(await runRefreshes({ isScheduled: false }, deps(serve({}))))?.outcome).toBe("loaded");
    const rows = await env.DB.prepare("select refresh_id from refresh_requests where finished_at_ms is not null").all();
    expect(new Set(rows.results.map((row) => row.refresh_id)).size).toBe(1);
    expect(rows.results).toHaveLength(2);
    expect(unwrap(await runRefreshes({ isScheduled: false }, deps(serve({}))))).toBeNull();
  });

  test("leaves a failed heartbeat, and what is served, when the database fails on the way or a bug strikes", async () => {
    await run(serve({}));
    const version = await served();
    const broken = { kind: "unavailable", what: "save catalogue", detail: "down" } as const;
    const faulty = deps(serve({ price: 300 }), { saveCatalog: async () => fail(broken) });
    expect(faultOf(await runRefreshes({ isScheduled: true }, faulty))).toEqual(broken);
    const buggy = deps(serve({ price: 300 }), { saveCatalog: () => Promise.reject(new TypeError("x")) });
    expect(faultOf(await runRefreshes({ isScheduled: true }, buggy)).kind).toBe("malformed_data");
    expect(unwrap(await readLastRefresh(db))).toMatchObject({ outcome: "failed", version });
    expect([await served(), (await run(serve({ price: 300 }))).outcome]).toEqual([version, "loaded"]);
  });

  test("replaces a served catalogue that is lost by the shipped one", async () => {
    await run(serve({}));
    await env.DB.prepare("delete from catalog_models").run();
    await run(down);
    expect(await served()).toBe(defaultCatalogue.version);
  });

  test("says so when even the shipped catalogue cannot be read", async () => {
    const embedded = { version: "x", value: { ...defaultCatalogue, models: [{ id: 7 }] } };
    const result = await runRefreshes({ isScheduled: false }, deps(down, { embedded }));
    expect(faultOf(result).kind).toBe("malformed_data");
    expect(unwrap(await readLastRefresh(db))).toMatchObject({ outcome: "failed", version: null });
  });

  test("carries no rows over when those of the snapshot are lost", async () => {
    await run(serve({}));
    const gone = deps(serve({ rated: 50 }), { readObject: async () => ok(null) });
    clockMs += HOUR_MS;
    const done = unwrap(await runRefreshes({ isScheduled: true }, gone));
    expect([done?.outcome, done?.report?.carriedCount]).toEqual(["held_back", 0]);
    expect(done?.detail).toContain("models with an ability in coding fell");
  });

  test("fails, and makes no catalogue without them, when the rows of the snapshot are out of reach for now", async () => {
    await run(serve({}));
    const version = await served();
    const outage = { kind: "unavailable", what: "object storage", detail: "down" } as const;
    const cut = deps(serve({ rated: 190 }), { readObject: async () => fail(outage) });
    expect(faultOf(await runRefreshes({ isScheduled: true }, cut))).toEqual(outage);
    expect([await served(), unwrap(await readLastRefresh(db))?.outcome]).toEqual([version, "failed"]);
    expect((await run(serve({ rated: 190 }))).report?.carriedCount).toBe(20);
  });
});

test("the scheduled handler asks for itself, the pick-up cron does not", async () => {
  await worker.scheduled?.(createScheduledController({ cron: "2-57/5 * * * *" }), env);
  expect(unwrap(await readLastReport(db))).toBeNull();
  await worker.scheduled?.(createScheduledController({ cron: "0 */6 * * *" }), env);
  expect(unwrap(await readLastReport(db))?.outcome).toBe("unreachable");
});
