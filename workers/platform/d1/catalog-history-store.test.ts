import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { parseCatalog } from "../../../shared/catalog/parse-catalog.ts";
import defaultCatalogue from "../../../shared/data/default-catalogue.json" with { type: "json" };
import { sampleDecision } from "../testing/sample-decision.ts";
import { openTestDb } from "../testing/test-database.ts";
import { faultOf, unwrap } from "../testing/unwrap.ts";
import { listCatalogVersions, pruneCatalogs, readCatalogReport } from "./catalog-history-store.ts";
import { readCatalog, readCurrentCatalogVersion, type Serving, saveCatalog } from "./catalog-store.ts";
import { saveDecision } from "./decisions-store.ts";
import type { Db } from "./open-db.ts";

const shipped = unwrap(parseCatalog(defaultCatalogue));
let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

const save = async (version: string, createdAtMs: number, serving: Serving = "serve") =>
  unwrap(
    await saveCatalog(db, {
      catalog: { ...shipped, version, models: shipped.models.slice(0, 3) },
      report: { origin: "live", replaced: null },
      createdAtMs,
      serving,
    }),
  );

test("saveCatalog() serves over the version it was made from and over no other, and holds what it is told to hold", async () => {
  expect(await save("v1", 1, { over: null })).toEqual({ isServed: true });
  expect(await save("v2", 2, { over: null })).toEqual({ isServed: false });
  expect(await save("v2", 2, { over: "v0" })).toEqual({ isServed: false });
  expect(await save("v2", 2, { over: "v1" })).toEqual({ isServed: true });
  expect(await save("v3", 3, "hold")).toEqual({ isServed: false });
  expect(unwrap(await readCurrentCatalogVersion(db))).toBe("v2");
  expect(unwrap(await readCatalog(db, { version: "v3" })).models).toHaveLength(3);
});

test("pruneCatalogs() keeps the newest, the one that is served and those that a decision names", async () => {
  for (let i = 4; i < 9; i++) await save(`v${i}`, i, "hold");
  const record = sampleDecision({ id: "dec_prune", catalogVersion: "v1" });
  unwrap(await saveDecision(db, { record, locks: [], nowMs: 1 }));
  expect(unwrap(await pruneCatalogs(db, { keep: 3 }))).toBe(3);
  const left = unwrap(await listCatalogVersions(db, { limit: 99 })).map(({ version }) => version);
  expect(left).toEqual(["v8", "v7", "v6", "v2", "v1"]);
  const rows = await env.DB.prepare("select distinct version from catalog_models order by version").all();
  expect(rows.results.map(({ version }) => version)).toEqual(["v1", "v2", "v6", "v7", "v8"]);
  expect(faultOf(await readCatalogReport(db, { version: "v3" })).kind).toBe("not_found");
  expect(unwrap(await pruneCatalogs(db, { keep: 3 }))).toBe(0);
});

test("pruneCatalogs() takes fifty at once, however many are due: a statement has a hundred parameters at most", async () => {
  const insert = `with recursive n(i) as (select 1 union all select i + 1 from n where i < 230)
    insert into catalog_snapshots select 'old' || i, '', -i, 0, '{}', '[]', '{}' from n`;
  await env.DB.prepare(insert).run();
  const gone: number[] = [];
  for (let round = 0; round < 6; round += 1) gone.push(unwrap(await pruneCatalogs(db, { keep: 3 })));
  expect(gone).toEqual([50, 50, 50, 50, 30, 0]);
});
