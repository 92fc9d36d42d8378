import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { catalogDiffSchema, refreshAnswerSchema } from "../../shared/contract/refresh.ts";
import { statusSchema } from "../../shared/contract/status.ts";
import { saveCatalog } from "../platform/d1/catalog-store.ts";
import { saveRefresh } from "../platform/d1/refreshes-store.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { unwrap } from "../platform/testing/unwrap.ts";
import { catalog, dataOf, newCaller, serveCatalog } from "./testing/caller.ts";

beforeEach(async () => {
  await openTestDb();
  await env.DB.batch(["refresh_requests", "catalog_refreshes"].map((table) => env.DB.prepare(`delete from ${table}`)));
  await serveCatalog(catalog.version, 1);
});

describe("POST /api/refresh", () => {
  it("starts one, says that it runs, and allows two an hour", async () => {
    const { post } = await newCaller("refresh", "admin");
    const started = await post("/api/refresh");
    expect(dataOf(refreshAnswerSchema, started)).toEqual({ started: true, estimatedSeconds: 30 });
    expect(dataOf(refreshAnswerSchema, await post("/api/refresh", {}))).toMatchObject({ started: false });
    await env.DB.prepare("update refresh_requests set finished_at_ms = 1").run();
    expect(dataOf(refreshAnswerSchema, await post("/api/refresh", {})).started).toBe(true);
    const limited = await post("/api/refresh", {});
    expect([limited.status, Number(limited.headers.get("retry-after")) > 3_500]).toEqual([429, true]);
  });

  it("refuses what it does not know, and to accept where nothing is held back", async () => {
    const { post } = await newCaller("refresh", "admin");
    expect((await post("/api/refresh", { force: true })).status).toBe(400);
    expect((await post("/api/refresh", { version: "v1" })).status).toBe(400);
    expect((await post("/api/refresh", { accept_held: true })).status).toBe(409);
    const { results } = await env.DB.prepare("select * from refresh_requests").all();
    expect(results).toEqual([]);
  });

  it("serves what was held back", async () => {
    const db = await openTestDb();
    const models = catalog.models.slice(0, 50);
    unwrap(
      await saveCatalog(db, {
        catalog: { ...catalog, version: "held", models },
        report: { origin: "live", replaced: catalog.version },
        createdAtMs: 2,
        serving: "hold",
      }),
    );
    const report = {
      sources: [],
      candidate: "held",
      guards: [{ guard: "count_drop", about: "models", before: 9, after: 5, limit: 6 }],
      editions: "",
      idleOverrides: [],
      carriedCount: 0,
      unresolvedCount: 0,
      diff: null,
    } as const;
    const row = {
      id: "ref_held",
      atMs: Date.now(),
      outcome: "held_back",
      version: catalog.version,
      detail: "",
    } as const;
    unwrap(
      await saveRefresh(db, {
        ...row,
        report: { ...report, sources: [], guards: [...report.guards], idleOverrides: [] },
      }),
    );
    const { get, post } = await newCaller("refresh", "admin");
    const held = dataOf(statusSchema, await get("/api/status"));
    expect([held.held_back?.version, held.message]).toEqual([
      "held",
      expect.stringContaining("of 9 models 5 are left"),
    ]);
    const diff = dataOf(catalogDiffSchema, await get("/api/catalog/diff?to=held"));
    expect([diff.from.version, diff.new, diff.gone.length > 0]).toEqual([catalog.version, [], true]);
    expect((await post("/api/refresh", { accept_held: true, version: "v9" })).status).toBe(409);
    const accepted = dataOf(refreshAnswerSchema, await post("/api/refresh", { accept_held: true }));
    expect(accepted).toMatchObject({ started: false, accepted: "held" });
    const status = dataOf(statusSchema, await get("/api/status"));
    expect([status.catalog?.version, status.held_back, status.last_refresh?.outcome]).toEqual(["held", null, "loaded"]);
  });
});

describe("without any catalogue in the database", () => {
  it("the router answers from the one that ships, and its decisions can be recomputed", async () => {
    await env.DB.prepare("delete from catalog_current").run();
    const { get, post, route } = await newCaller("empty", "admin");
    const status = dataOf(statusSchema, await get("/api/status"));
    expect(status.catalog).toMatchObject({ version: catalog.version, origin: "embedded" });
    expect(status.message).toContain("the catalogue that ships");
    const { id } = await route({ task: "Rename the session table" });
    await env.DB.prepare("delete from catalog_snapshots where version = ?").bind(catalog.version).run();
    expect((await post(`/api/decisions/${id}/recompute`)).body).toMatchObject({ data: { equal: true } });
  });
});
