import defaultCatalogue from "../../shared/data/default-catalogue.json" with { type: "json" };
import { randomBytes } from "../platform/crypto.ts";
import { readCurrentCatalogVersion, saveCatalog, saveRefresh } from "../platform/d1/catalog-store.ts";
import { openDb } from "../platform/d1/open-db.ts";
import { readSourceStates, saveSourceFailure, saveSourceSuccess } from "../platform/d1/source-states-store.ts";
import { ID_RANDOM_BYTES, newId } from "../platform/ids.ts";
import { log, toErrorFields } from "../platform/log.ts";
import { readBlob, saveBlob } from "../platform/r2.ts";
import type { CollectDeps } from "./collect-sources.ts";
import { bodyKey } from "./kept-body.ts";
import type { RefreshDeps } from "./refresh.ts";
import { toSourceConfig } from "./source-config.ts";
import type { SourcePlan } from "./source-plan.ts";
import { toSourcePlans } from "./source-registry.ts";

export interface EnricherEnv {
  readonly DB: D1Database;
}

/** What collecting needs beside the database: the bucket of raw bodies. The variables of SourceConfig are optional. */
export interface CollectEnv extends EnricherEnv {
  readonly BLOBS: R2Bucket;
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

/** The sources as configured, and what collectSources() needs; `fetch` and `sleep` are the caller's. */
export function toCollecting(
  env: CollectEnv,
  outside: Pick<CollectDeps, "fetch" | "sleep">,
): { readonly plans: readonly SourcePlan[]; readonly deps: CollectDeps } {
  const db = openDb(env.DB);
  const config = toSourceConfig({ ...env });
  const deps: CollectDeps = {
    ...outside,
    allowLoopbackHttp: config.loopbackHttp === "on",
    nowMs: () => Date.now(),
    chance: () => Math.random(),
    readStates: () => readSourceStates(db),
    saveSuccess: (state) => saveSourceSuccess(db, state),
    saveFailure: (failure) => saveSourceFailure(db, failure),
    readBody: ({ sha256, sizeBytes }) => readBlob(env.BLOBS, { key: bodyKey(sha256), limitBytes: sizeBytes }),
    saveBody: ({ sha256, bytes }) => saveBlob(env.BLOBS, { key: bodyKey(sha256), bytes }),
    reportBug: (source, thrown) => log({ level: "error", event: "source_bug", what: source, ...toErrorFields(thrown) }),
  };
  return { plans: toSourcePlans(config), deps };
}
