import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { openDb } from "../workers/platform/d1/open-db.ts";
import { saveSourceSuccess } from "../workers/platform/d1/source-states-store.ts";
import { saveBlob } from "../workers/platform/r2.ts";
import { acquireHostLock } from "./host/host-lock.ts";
import { withLocalStores } from "./host/local-database.ts";
import { applyMigrations } from "./host/migrate.ts";
import { MIGRATIONS_DIR } from "./host/paths.ts";
import { readStateDir } from "./host/settings.ts";
import { runMain, UsageError } from "./host/usage-error.ts";
import { localBucketId, localDatabaseId, readWorkerConfigs } from "./host/worker-configs.ts";
import { type BoardFile, fetchBoard, importBoard, readBoard } from "./import-hf-open-llm.ts";

/** Imports the retired Open LLM Leaderboard once. Status 1: it cannot be read or kept; 2: the command line cannot. */
const USAGE = `Usage: node scripts/catalog-import.ts --fetch | FILE...
  --fetch  reads the board's pages from Hugging Face (46 requests)
  FILE...  pages of its rows as saved JSON, or one CSV file
The state is that of STATE_DIR (.state); stop its host before. The next refresh builds the catalogue with the rows.`;

const args = process.argv.slice(2);
const isFetched = args.length === 1 && args[0] === "--fetch";
if (!isFetched && (args.length === 0 || args.some((arg) => arg.startsWith("--")))) {
  console.error(`Cannot read the command line: expected --fetch or files.\n${USAGE}`);
  process.exit(2);
}

function readFile(file: string): BoardFile {
  if (!existsSync(file)) throw new UsageError(`Cannot read ${file}: there is no such file.`);
  return { name: basename(file), bytes: new Uint8Array(readFileSync(file)) };
}

await runMain(async () => {
  const bodies = isFetched ? await fetchBoard(() => Date.now()) : await readBoard(args.map(readFile));
  const stateDir = readStateDir(process.env);
  const lock = await acquireHostLock(stateDir, "command");
  try {
    const configs = await readWorkerConfigs();
    const state = { stateDir, databaseId: localDatabaseId(configs), bucketId: localBucketId(configs) };
    const { scores, rejected } = await withLocalStores(state, async ({ db, blobs }) => {
      await applyMigrations(db, MIGRATIONS_DIR);
      return importBoard(
        { bodies, atMs: Date.now() },
        {
          saveBody: (body) => saveBlob(blobs, body),
          saveState: (kept) => saveSourceSuccess(openDb(db), kept),
        },
      );
    });
    console.log(`Imported ${scores} scores (${rejected} rows rejected); the next refresh reads them.`);
  } finally {
    lock.release();
  }
});
