import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureDevelopmentKey } from "./development-key.ts";
import { answerKeyCommand } from "./key-commands.ts";
import { withLocalDatabase } from "./local-database.ts";
import { applyMigrations } from "./migrate.ts";
import { MIGRATIONS_DIR } from "./paths.ts";

let stateDir = "";
const open = <T>(use: (db: D1Database) => Promise<T>): Promise<T> =>
  withLocalDatabase({ stateDir, databaseId: "test" }, use);

beforeAll(() => {
  stateDir = mkdtempSync(join(tmpdir(), "spawnpoint-state-"));
});
afterAll(() => rmSync(stateDir, { recursive: true, force: true }));

describe("the local database", () => {
  it("applyMigrations() applies each file once, and goes on with new ones", async () => {
    const first = await open((db) => applyMigrations(db, MIGRATIONS_DIR));
    expect(first.length).toBeGreaterThan(0);
    expect(await open((db) => applyMigrations(db, MIGRATIONS_DIR))).toEqual([]);
  });

  it("applyMigrations() leaves nothing of a file that fails half-way", async () => {
    const folder = join(stateDir, "broken");
    mkdirSync(folder);
    const sql = "CREATE TABLE half (id INTEGER);\n--> statement-breakpoint\nCREATE TABLE half (id INTEGER);";
    writeFileSync(join(folder, "9999_break_half.sql"), sql);
    await open(async (db) => {
      await expect(applyMigrations(db, folder)).rejects.toThrow("half");
      await expect(db.prepare("SELECT * FROM half").all()).rejects.toThrow("no such table");
    });
  });

  it("ensureDevelopmentKey() makes one key, keeps it private and replaces it when it was revoked", async () => {
    const [first, again] = await open(async (db) => [
      await ensureDevelopmentKey(db, stateDir),
      await ensureDevelopmentKey(db, stateDir),
    ]);
    expect(again).toBe(first);
    const path = join(stateDir, "dev-key");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const [id] = readFileSync(path, "utf8").split(" ");
    await open((db) => answerKeyCommand(db, { op: "revoke", tenantId: "default", id }));
    expect(await open((db) => ensureDevelopmentKey(db, stateDir))).not.toBe(first);
  });

  it("answerKeyCommand() refuses a key of another tenant and a command that it does not know", async () => {
    await open(async (db) => {
      const made = await answerKeyCommand(db, { op: "create", tenantId: "a", name: "one", scopes: ["read"] });
      const id = made.rows[0]?.id;
      await expect(answerKeyCommand(db, { op: "revoke", tenantId: "b", id })).rejects.toThrow("Cannot find key");
      await expect(answerKeyCommand(db, { op: "drop" })).rejects.toThrow();
      expect((await answerKeyCommand(db, { op: "list", tenantId: "a" })).rows).toHaveLength(1);
    });
  });
});
