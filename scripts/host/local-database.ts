import { join } from "node:path";
import type { D1Database } from "@cloudflare/workers-types";
import { convertV4MiniflareOptions, Miniflare, NoOpLog } from "miniflare";

/** Where the simulator keeps everything; the same place that `wrangler --persist-to STATE_DIR` uses. */
export const persistencePath = (stateDir: string): string => join(stateDir, "v3");

/** What every simulator of ours has in common: quiet, offline, no telemetry. */
export const QUIET = { cf: false, logRequests: false, telemetry: { enabled: false }, log: new NoOpLog() };

/** Opens the database alone, for work before the workers run. The caller holds the host lock. */
export async function withLocalDatabase<T>(
  { stateDir, databaseId }: { readonly stateDir: string; readonly databaseId: string },
  use: (db: D1Database) => Promise<T>,
): Promise<T> {
  const simulator = new Miniflare({
    ...convertV4MiniflareOptions({
      ...QUIET,
      name: "state",
      compatibilityDate: "2026-10-15",
      modules: true,
      script: "export default {}",
      d1Databases: { DB: { id: databaseId } },
    }),
    resourcePersistencePath: persistencePath(stateDir),
  });
  try {
    return await use(await simulator.getD1Database("DB"));
  } finally {
    await simulator.dispose();
  }
}
