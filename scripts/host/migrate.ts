import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { D1Database } from "@cloudflare/workers-types";

/** The table of `wrangler d1 migrations apply`, letter for letter, so that either tool goes on where the other stopped. */
const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS "d1_migrations"(
		id         INTEGER PRIMARY KEY AUTOINCREMENT,
		name       TEXT UNIQUE,
		applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;
/** What drizzle-kit writes between statements. */
const BREAKPOINT = "--> statement-breakpoint";

/** Applies what is missing of `dir`/*.sql in the order of names, each file with its record in one batch. Returns the names. */
export async function applyMigrations(db: D1Database, dir: string): Promise<readonly string[]> {
  await db.prepare(CREATE_TABLE).run();
  const { results } = await db.prepare('SELECT name FROM "d1_migrations"').all<{ name: string }>();
  const applied = new Set(results.map((row) => row.name));
  const missing = readdirSync(dir)
    .filter((name) => name.endsWith(".sql") && !applied.has(name))
    .sort();
  for (const name of missing) {
    const statements = readFileSync(join(dir, name), "utf8").split(BREAKPOINT).map(trimStatement).filter(Boolean);
    const record = db.prepare('INSERT INTO "d1_migrations" (name) VALUES (?)').bind(name);
    await db.batch([...statements.map((sql) => db.prepare(sql)), record]);
  }
  return missing;
}

const trimStatement = (sql: string): string => sql.trim();
