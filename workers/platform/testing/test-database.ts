/// <reference types="@cloudflare/vitest-plugin/types" />
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { type Db, openDb } from "../d1/open-db.ts";

/** The test file's own database with the schema in it; it lives for the file, so tests use ids of their own. */
export async function openTestDb(): Promise<Db> {
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
  return openDb(env.DB);
}
