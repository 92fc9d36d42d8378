import defaultCatalogue from "../../shared/data/default-catalogue.json" with { type: "json" };
import { randomBytes } from "../platform/crypto.ts";
import { readCurrentCatalogVersion, saveCatalog, saveRefresh } from "../platform/d1/catalog-store.ts";
import { openDb } from "../platform/d1/open-db.ts";
import { ID_RANDOM_BYTES, newId } from "../platform/ids.ts";
import type { RefreshDeps } from "./refresh.ts";

export interface EnricherEnv {
  readonly DB: D1Database;
}

export function toRefreshDeps(env: EnricherEnv): RefreshDeps {
  const db = openDb(env.DB);
  return {
    nowMs: () => Date.now(),
    newId: (prefix) => newId(prefix, { nowMs: Date.now(), random: randomBytes(ID_RANDOM_BYTES) }),
    readEmbedded: () => defaultCatalogue,
    readCurrentVersion: () => readCurrentCatalogVersion(db),
    saveCatalog: (input) => saveCatalog(db, input),
    saveRefresh: (row) => saveRefresh(db, row),
  };
}
