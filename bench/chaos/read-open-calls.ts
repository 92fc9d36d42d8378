import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { persistencePath } from "../../scripts/host/local-database.ts";

/**
 * Calls that nobody has settled yet, read from the database's own file: for the moment after the runtime alone was
 * killed, in which nobody else has it open.
 */
export function readOpenCalls(stateDir: string): readonly string[] {
  const folder = join(persistencePath(stateDir), "d1");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".sqlite"));
  return files.flatMap((file) => {
    const db = new DatabaseSync(join(folder, file), { readOnly: true });
    try {
      const [table] = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'calls'").all();
      if (table === undefined) return [];
      return db
        .prepare("SELECT call_id AS id FROM calls WHERE state = 'reserved'")
        .all()
        .map(({ id }) => String(id));
    } finally {
      db.close();
    }
  });
}
