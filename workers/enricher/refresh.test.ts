import { createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { fail, ok } from "../../shared/base/result.ts";
import defaultCatalogue from "../../shared/data/default-catalogue.json" with { type: "json" };
import type { CatalogRefresh } from "../platform/d1/catalog-store.ts";
import { readCatalog, readCurrentCatalogVersion, readLastRefresh } from "../platform/d1/catalog-store.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { faultOf, unwrap } from "../platform/testing/unwrap.ts";
import { toRefreshDeps } from "./env.ts";
import worker from "./index.ts";
import { type RefreshDeps, refresh } from "./refresh.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

const deps = (fields: Partial<RefreshDeps> = {}): RefreshDeps => ({ ...toRefreshDeps(env), ...fields });

describe("refresh()", () => {
  test("loads the embedded catalogue, then finds it unchanged", async () => {
    expect(unwrap(await refresh(deps({ nowMs: () => 1 })))).toMatchObject({ outcome: "loaded" });
    const version = unwrap(await readCurrentCatalogVersion(db));
    expect(version).toBe(defaultCatalogue.version);
    const stored = unwrap(await readCatalog(db, { version: defaultCatalogue.version }));
    expect(stored.models).toHaveLength(defaultCatalogue.models.length);
    expect(unwrap(await refresh(deps({ nowMs: () => 2 })))).toMatchObject({ outcome: "unchanged", version });
    expect(unwrap(await readLastRefresh(db))).toMatchObject({ atMs: 2, outcome: "unchanged" });
  });

  test("keeps what is served and leaves a failed heartbeat when the catalogue is malformed", async () => {
    const rows: CatalogRefresh[] = [];
    const broken = deps({
      readEmbedded: () => ({ ...defaultCatalogue, models: [{ id: 7 }] }),
      saveCatalog: () => Promise.reject(new Error("must not be saved")),
      saveRefresh: async (row) => {
        rows.push(row);
        return ok(undefined);
      },
    });
    expect(faultOf(await refresh(broken)).kind).toBe("malformed_data");
    expect(rows).toMatchObject([{ outcome: "failed", version: null }]);
  });

  test("hands on a fault of the database", async () => {
    const down = async () => fail({ kind: "unavailable", what: "read", detail: "down" });
    expect(faultOf(await refresh(deps({ readCurrentVersion: down }))).kind).toBe("unavailable");
  });
});

test("the scheduled handler runs it", async () => {
  const before = unwrap(await readLastRefresh(db));
  await worker.scheduled?.(createScheduledController({ cron: "0 */6 * * *" }), env);
  const after = unwrap(await readLastRefresh(db));
  expect(after?.outcome).toBe("unchanged");
  expect(after?.id).not.toBe(before?.id);
});
