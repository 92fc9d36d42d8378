import type { D1Database } from "@cloudflare/workers-types";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { QUIET } from "../../scripts/host/local-database.ts";
import { applyMigrations } from "../../scripts/host/migrate.ts";
import { MIGRATIONS_DIR, ROOT } from "../../scripts/host/paths.ts";
import type { EngineDoorAnswer, EngineDoorBody } from "../../workers/executor/testing/engine-door-body.ts";
import { bundleDoor } from "./bundle-door.ts";

export interface Engine {
  readonly url: URL;
  readonly db: D1Database;
  readonly stop: () => Promise<void>;
}

/** The engine tells of every step. */
const SILENT = { handleStructuredLogs: () => undefined };

/** A worker of `workers/<door>` in the runtime, with the schema and a bucket, nothing kept on disk. */
export async function startEngine(door = "executor/testing/engine-door.ts"): Promise<Engine> {
  const script = await bundleDoor(`${ROOT}/workers/${door}`);
  const worker = { name: "door", modules: true as const, compatibilityDate: "2026-10-15", script };
  const stores = { d1Databases: { DB: "engine" }, r2Buckets: { BLOBS: "engine" } };
  const runtime = new Miniflare(convertV4MiniflareOptions({ ...QUIET, ...worker, ...stores, ...SILENT }));
  const url = await runtime.ready;
  const db = await runtime.getD1Database("DB");
  await applyMigrations(db, MIGRATIONS_DIR);
  return { url, db, stop: () => runtime.dispose() };
}

export interface EngineTold extends EngineDoorAnswer {}

/** One run through the door. Throws with what the runtime said where it fails. */
export async function askEngine({ url }: Engine, body: EngineDoorBody): Promise<EngineTold> {
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the engine answered ${answer.status}: ${text.slice(0, 2_000)}`);
  // The door answers this.
  return JSON.parse(text) as EngineTold;
}
