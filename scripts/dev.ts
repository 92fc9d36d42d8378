import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bin, ENVIRONMENTS, ROOT, WRANGLER_ENV, WRANGLER_TOML } from "./host/paths.ts";
import { runMain, UsageError } from "./host/usage-error.ts";

/**
 * `npm run dev`: wrangler dev with reload on save. One configuration with three environments cannot be served by one
 * wrangler (`--env` holds for all), so each environment is written out as a configuration of its own first.
 * Arguments are handed on (`npm run dev -- --port 8790`). State lives in .wrangler/state, apart from the host's.
 */
const FOLDER = join(ROOT, ".wrangler", "dev");
const STATE = join(ROOT, ".wrangler", "state");

await runMain(async () => {
  const configs = await writeSplitConfigs();
  const migrate = ["d1", "migrations", "apply", "DB", "--local", "--env", "router", "--persist-to", STATE];
  const migrated = spawnSync(bin("wrangler"), migrate, { cwd: ROOT, env: WRANGLER_ENV, encoding: "utf8" });
  if (migrated.status !== 0) throw new UsageError(`Cannot apply the migrations:\n${migrated.stdout}${migrated.stderr}`);
  // The first configuration is the worker that is exposed.
  const args = ["dev", ...configs.flatMap((path) => ["-c", path]), "--persist-to", STATE, ...process.argv.slice(2)];
  const env = { ...WRANGLER_ENV, CI: undefined };
  const wrangler = spawn(bin("wrangler"), args, { cwd: ROOT, env, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => wrangler.kill(signal));
  process.exitCode = await new Promise<number>((resolve) => wrangler.on("close", (code) => resolve(code ?? 0)));
});

async function writeSplitConfigs(): Promise<readonly string[]> {
  const { experimental_readRawConfig } = await import("wrangler");
  const { rawConfig } = experimental_readRawConfig({ config: WRANGLER_TOML });
  const { env: environments = {}, ...top } = rawConfig;
  mkdirSync(FOLDER, { recursive: true });
  return ENVIRONMENTS.map((name) => {
    const own = environments[name] ?? {};
    // Paths are relative to the file that holds them: two folders down now.
    const databases = own.d1_databases?.map((database: object) => ({
      ...database,
      migrations_dir: "../../migrations",
    }));
    const config = { ...top, ...own, main: `../../${own.main}`, d1_databases: databases };
    const path = join(FOLDER, `${name}.json`);
    writeFileSync(path, JSON.stringify(config, null, 2));
    return path;
  });
}
