import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** 256 bits. */
const SECRET_BYTES = 32;

/**
 * The secret that runs are sealed under: made once and kept in STATE_DIR/master-secret (mode 600), since what was sealed
 * under another does not open.
 */
export function ensureMasterSecret(stateDir: string): string {
  const path = join(stateDir, "master-secret");
  if (existsSync(path)) return readFileSync(path, "utf8").trim();
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  writeFileSync(path, `${secret}\n`, { mode: 0o600 });
  return secret;
}
