import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { answerKeyCommand } from "./key-commands.ts";

const SCOPES = ["read", "run", "feedback", "admin"] as const;
/** Whom the development key works for; also the tenant of `npm run key` unless another is named. */
export const DEFAULT_TENANT = "default";

/**
 * The key that `npm start` prints: made once, kept in STATE_DIR/dev-key (mode 600), stored hashed like any other. Made
 * anew when the file is gone or the database no longer knows the key.
 */
export async function ensureDevelopmentKey(db: D1Database, stateDir: string): Promise<string> {
  const path = join(stateDir, "dev-key");
  const tenantId = DEFAULT_TENANT;
  if (existsSync(path)) {
    const [id, key] = readFileSync(path, "utf8").trim().split(" ");
    const { rows } = await answerKeyCommand(db, { op: "list", tenantId });
    if (key !== undefined && rows.some((row) => row.id === id && row.revokedAtMs === null)) return key;
  }
  const made = await answerKeyCommand(db, { op: "create", tenantId, name: "development", scopes: [...SCOPES] });
  const [row] = made.rows;
  if (row === undefined || made.key === undefined) throw new Error("a made key is answered with its row");
  writeFileSync(path, `${row.id} ${made.key}\n`, { mode: 0o600 });
  return made.key;
}
