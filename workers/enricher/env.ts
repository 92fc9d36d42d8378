import { REFRESH_LIMITS } from "../../shared/catalog/refresh-limits.ts";
import defaultCatalogue from "../../shared/data/default-catalogue.json" with { type: "json" };
import { randomBytes } from "../platform/crypto.ts";
import { pruneCatalogs, readCatalogReport } from "../platform/d1/catalog-history-store.ts";
import { readCatalog, readCurrentCatalogVersion, saveCatalog } from "../platform/d1/catalog-store.ts";
import { type Db, openDb } from "../platform/d1/open-db.ts";
import { askForScheduledRefresh, claimRefreshes, finishRefreshes } from "../platform/d1/refresh-requests-store.ts";
import { listHeldBack, saveRefresh } from "../platform/d1/refreshes-store.ts";
import { readSourceStates, saveSourceFailure, saveSourceSuccess } from "../platform/d1/source-states-store.ts";
import { sendOutside } from "../platform/egress.ts";
import { ID_RANDOM_BYTES, newId } from "../platform/ids.ts";
import { log, toErrorFields } from "../platform/log.ts";
import { readBlob, saveBlob } from "../platform/r2.ts";
import type { CollectDeps } from "./collect-sources.ts";
import { bodyKey } from "./kept-body.ts";
import type { RunDeps } from "./run-refreshes.ts";
import { toSourceConfig } from "./source-config.ts";
import { toSourcePlans } from "./source-registry.ts";

/** The variables of SourceConfig may stand beside these. */
export interface EnricherEnv {
  readonly DB: D1Database;
  readonly BLOBS: R2Bucket;
}

const DAY_MS = 86_400_000;

function toCollectDeps(db: Db, blobs: R2Bucket, allowLoopbackHttp: boolean): CollectDeps {
  return {
    fetch: sendOutside,
    allowLoopbackHttp,
    nowMs: () => Date.now(),
    readStates: () => readSourceStates(db),
    saveSuccess: (state) => saveSourceSuccess(db, state),
    saveFailure: (failure) => saveSourceFailure(db, failure),
    readBody: ({ sha256, sizeBytes }) => readBlob(blobs, { key: bodyKey(sha256), limitBytes: sizeBytes }),
    saveBody: ({ sha256, bytes }) => saveBlob(blobs, { key: bodyKey(sha256), bytes }),
    reportBug: (source, thrown) => log({ level: "error", event: "source_bug", what: source, ...toErrorFields(thrown) }),
  };
}

const requestDeps = (db: Db) =>
  ({
    askForScheduled: () =>
      askForScheduledRefresh(db, { id: toId("rfr"), nowMs: Date.now(), leaseMs: REFRESH_LIMITS.lease.ms }),
    claim: (leaseToken) => claimRefreshes(db, { leaseToken, nowMs: Date.now(), leaseMs: REFRESH_LIMITS.lease.ms }),
    finish: (done) => {
      const nowMs = Date.now();
      return finishRefreshes(db, {
        ...done,
        nowMs,
        forgetBeforeMs: nowMs - REFRESH_LIMITS.requests.keepDays * DAY_MS,
      });
    },
  }) satisfies Partial<RunDeps>;

const toId = (prefix: string): string => newId(prefix, { nowMs: Date.now(), random: randomBytes(ID_RANDOM_BYTES) });

/** Binds everything a refresh does to its store, the clock and the way out; the sources are those of the variables. */
export function toRunDeps(env: EnricherEnv): RunDeps {
  const db = openDb(env.DB);
  const config = toSourceConfig({ ...env });
  return {
    nowMs: () => Date.now(),
    newId: toId,
    embedded: { version: defaultCatalogue.version, value: defaultCatalogue },
    readCurrentVersion: () => readCurrentCatalogVersion(db),
    readCatalogReport: (version) => readCatalogReport(db, { version }),
    readCatalog: (version) => readCatalog(db, { version }),
    saveCatalog: (input) => saveCatalog(db, input),
    saveRefresh: (row) => saveRefresh(db, row),
    listHeldBack: (query) => listHeldBack(db, query),
    pruneCatalogs: () => pruneCatalogs(db, { keep: REFRESH_LIMITS.history.keepSnapshots }),
    readObject: (key, limitBytes) => readBlob(env.BLOBS, { key, limitBytes }),
    saveObject: (key, bytes) => saveBlob(env.BLOBS, { key, bytes }),
    plans: toSourcePlans(config),
    collecting: toCollectDeps(db, env.BLOBS, config.loopbackHttp === "on"),
    ...requestDeps(db),
  };
}
