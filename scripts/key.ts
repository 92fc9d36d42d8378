import { parseArgs } from "node:util";
import { DEFAULT_TENANT } from "./host/development-key.ts";
import { acquireHostLock, findOwner, sendToOwner } from "./host/host-lock.ts";
import { answerKeyCommand, type KeyAnswer, type KeyCommand, keyCommandSchema } from "./host/key-commands.ts";
import { withLocalDatabase } from "./host/local-database.ts";
import { applyMigrations } from "./host/migrate.ts";
import { MIGRATIONS_DIR } from "./host/paths.ts";
import { toRemoteCommand } from "./host/remote-key.ts";
import { readStateDir } from "./host/settings.ts";
import { runMain, UsageError } from "./host/usage-error.ts";
import { localDatabaseId, readWorkerConfigs } from "./host/worker-configs.ts";

const USAGE = `Usage:
  npm run key -- create --scope read,run,feedback [--tenant ${DEFAULT_TENANT}] [--name laptop]
  npm run key -- list [--tenant ${DEFAULT_TENANT}]
  npm run key -- revoke ID [--tenant ${DEFAULT_TENANT}]
Scopes: read, run, feedback, approve, admin. The state is that of STATE_DIR (.state); a running host is asked to do it.
With --remote the wrangler command for the deployed database is printed instead.`;

await runMain(async () => {
  const { command, remote } = readArguments(process.argv.slice(2));
  if (remote) console.log(await toRemoteCommand(command));
  else print(command, await runLocally(command));
});

function readArguments(args: string[]): { readonly command: KeyCommand; readonly remote: boolean } {
  const { values, positionals } = parse(args);
  const [op, id] = positionals;
  const scopes = values.scope?.split(",").map((scope) => scope.trim());
  const parsed = keyCommandSchema.safeParse({ op, id, scopes, tenantId: values.tenant, name: values.name });
  if (!parsed.success) {
    throw new UsageError(
      `Cannot read "${args.join(" ")}": ${whatIsWanted(String(parsed.error.issues[0]?.path[0]))}\n${USAGE}`,
    );
  }
  return { command: parsed.data, remote: values.remote };
}

/** What to write for the part of a key command that could not be read. */
function whatIsWanted(part: string): string {
  switch (part) {
    case "op":
      return "expected create, list or revoke.";
    case "scopes":
      return "expected --scope with some of read, run, feedback, approve and admin, separated by commas.";
    case "id":
      return "expected the ID of a key, as npm run key -- list shows it.";
    default:
      return `expected --${part === "tenantId" ? "tenant" : part} with 1 to 100 characters.`;
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        scope: { type: "string" },
        tenant: { type: "string", default: DEFAULT_TENANT },
        name: { type: "string", default: "unnamed" },
        remote: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}

/** A running host owns the database and is asked; without one the database is opened for the moment. */
async function runLocally(command: KeyCommand): Promise<KeyAnswer> {
  const stateDir = readStateDir(process.env);
  const owner = await findOwner(stateDir);
  if (owner?.role === "host") {
    // Our own host answers with what answerKeyCommand() returned.
    return (await sendToOwner(owner, command)) as KeyAnswer;
  }
  const lock = await acquireHostLock(stateDir, "command");
  try {
    const databaseId = localDatabaseId(await readWorkerConfigs());
    return await withLocalDatabase({ stateDir, databaseId }, async (db) => {
      await applyMigrations(db, MIGRATIONS_DIR);
      return answerKeyCommand(db, command);
    });
  } finally {
    lock.release();
  }
}

function print(command: KeyCommand, { key, rows }: KeyAnswer): void {
  if (command.op === "revoke") console.log(`Revoked ${command.id}.`);
  if (key !== undefined) {
    console.log(`${key}\nThis is the only time the key is shown; what is stored is its SHA-256.`);
  }
  for (const row of rows) {
    const state = row.revokedAtMs === null ? "active" : `revoked ${new Date(row.revokedAtMs).toISOString()}`;
    const made = new Date(row.createdAtMs).toISOString();
    console.log([row.id, row.tenantId, `...${row.lastFour}`, row.scopes.join(","), made, state, row.name].join("  "));
  }
  if (command.op === "list" && rows.length === 0) console.log(`No keys of tenant "${command.tenantId}".`);
}
