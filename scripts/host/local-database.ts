import { join } from "node:path";
import type { D1Database } from "@cloudflare/workers-types";
import { convertV4MiniflareOptions, Miniflare, NoOpLog } from "miniflare";
import type { BlobTarget } from "../../workers/platform/r2.ts";

/** Where the simulator keeps everything; the same place that `wrangler --persist-to STATE_DIR` uses. */
export const persistencePath = (stateDir: string): string => join(stateDir, "v3");

/** What every simulator of ours has in common: quiet, offline, no telemetry. */
export const QUIET = { cf: false, logRequests: false, telemetry: { enabled: false }, log: new NoOpLog() };

interface LocalState {
  readonly stateDir: string;
  readonly databaseId: string;
}

/** Opens the database alone, for work before the workers run. The caller holds the host lock. */
export const withLocalDatabase = <T>(state: LocalState, use: (db: D1Database) => Promise<T>): Promise<T> =>
  withSimulator(state, {}, async (simulator) => use(await simulator.getD1Database("DB")));

/** The database and the bucket; as `withLocalDatabase`. */
export const withLocalStores = <T>(
  state: LocalState & { readonly bucketId: string },
  use: (stores: { readonly db: D1Database; readonly blobs: BlobTarget }) => Promise<T>,
): Promise<T> =>
  withSimulator(state, { r2Buckets: { BLOBS: { id: state.bucketId } } }, async (simulator) => {
    const bucket = await simulator.getR2Bucket("BLOBS");
    const blobs: BlobTarget = { head: (key) => bucket.head(key), put: (key, bytes) => bucket.put(key, bytes) };
    return use({ db: await simulator.getD1Database("DB"), blobs });
  });

async function withSimulator<T>(
  { stateDir, databaseId }: LocalState,
  more: { readonly r2Buckets?: Record<string, { readonly id: string }> },
  use: (simulator: Miniflare) => Promise<T>,
): Promise<T> {
  const simulator = new Miniflare({
    ...convertV4MiniflareOptions({
      ...QUIET,
      name: "state",
      compatibilityDate: "2026-10-15",
      modules: true,
      script: "export default {}",
      d1Databases: { DB: { id: databaseId } },
      ...more,
    }),
    resourcePersistencePath: persistencePath(stateDir),
  });
  try {
    return await use(simulator);
  } finally {
    await simulator.dispose();
  }
}
