import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureDevelopmentKey } from "./host/development-key.ts";
import { bin, ENVIRONMENTS, ROOT, WRANGLER_ENV, WRANGLER_TOML } from "./host/paths.ts";
import { readHostSettings } from "./host/settings.ts";
import { BATCH_HOLD_MS, GO_ON_FLAG, startHost } from "./host/start-host.ts";
import { runMain } from "./host/usage-error.ts";

/**
 * `npm run dev`: wrangler dev with reload on save. One configuration with three environments cannot be served by one
 * wrangler (`--env` holds for all), so each environment is written out as a configuration of its own first.
 * Arguments are handed on (`npm run dev -- --port 8790`). State lives in .wrangler/state, apart from the host's.
 */
const FOLDER = join(ROOT, ".wrangler", "dev");
const STATE = join(ROOT, ".wrangler", "state");

await runMain(async () => {
  const args = process.argv.slice(2);
  const key = await prepareState();
  const configs = await writeSplitConfigs({
    isLoopback: !args.some((arg) => arg === "--ip" || arg.startsWith("--ip=")),
  });
  console.log(`Development key: ${key}\n`);
  // The first configuration is the worker that is exposed.
  const wranglerArgs = ["dev", ...configs.flatMap((path) => ["-c", path]), "--persist-to", STATE, ...args];
  const env = { ...WRANGLER_ENV, CI: undefined };
  const wrangler = spawn(bin("wrangler"), wranglerArgs, { cwd: ROOT, env, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.removeAllListeners(signal);
    process.on(signal, () => wrangler.kill(signal));
  }
  process.exitCode = await new Promise<number>((resolve) => wrangler.on("close", (code) => resolve(code ?? 0)));
});

/** Runs the local host for a moment: schema, catalogue and key are made by the code that `npm start` uses. */
async function prepareState(): Promise<string> {
  const settings = readHostSettings({ PORT: "0", STATE_DIR: STATE });
  let key = "";
  const host = await startHost({
    settings,
    anonymousRead: false,
    prepare: async (db) => {
      key = await ensureDevelopmentKey(db, STATE);
    },
  });
  await host.stop();
  return key;
}

async function writeSplitConfigs({ isLoopback }: { readonly isLoopback: boolean }): Promise<readonly string[]> {
  const { experimental_readRawConfig } = await import("wrangler");
  const { rawConfig } = experimental_readRawConfig({ config: WRANGLER_TOML });
  const { env: environments = {}, ...top } = rawConfig;
  // As under `npm start`: who can only be this machine may read without a key.
  const local = isLoopback
    ? { PLATFORM: "local", BIND_HOST: "127.0.0.1", ANONYMOUS_READ: "on", ANONYMOUS_FEEDBACK: "on" }
    : { PLATFORM: "local" };
  mkdirSync(FOLDER, { recursive: true });
  return ENVIRONMENTS.map((name) => {
    const own = environments[name] ?? {};
    // Paths are relative to the file that holds them: two folders down now.
    const databases = own.d1_databases?.map((database: object) => ({
      ...database,
      migrations_dir: "../../migrations",
    }));
    // The simulator's queue is the host's: see there why a batch is given back soon.
    const isConsumer = name === "executor";
    const vars = { ...own.vars, ...local, ...(isConsumer ? { BATCH_HOLD_MS } : {}) };
    const flags = isConsumer ? { compatibility_flags: [GO_ON_FLAG] } : {};
    const config = { ...top, ...own, ...flags, vars, main: `../../${own.main}`, d1_databases: databases };
    const path = join(FOLDER, `${name}.json`);
    writeFileSync(path, JSON.stringify(config, null, 2));
    return path;
  });
}
