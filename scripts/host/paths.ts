import { delimiter, dirname, join } from "node:path";

/** Root of the repository. */
export const ROOT = join(import.meta.dirname, "..", "..");
export const WRANGLER_TOML = join(ROOT, "wrangler.toml");
export const MIGRATIONS_DIR = join(ROOT, "migrations");
export const DIST_DIR = join(ROOT, "dist");
/** A program of an installed package, such as `wrangler`. */
export const bin = (name: string): string => join(ROOT, "node_modules", ".bin", name);

/** The three environments of wrangler.toml, the public one first. */
export const ENVIRONMENTS = ["router", "enricher", "executor"] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** Some systems spell it "Path". */
const PATH_NAME = Object.keys(process.env).find((name) => name.toUpperCase() === "PATH") ?? "PATH";

/**
 * Quiet, offline and non-interactive wrangler: no telemetry, no look-up of request.cf, no questions; on the Node of this
 * process, for that of the system may be too old for it.
 */
export const WRANGLER_ENV: NodeJS.ProcessEnv = {
  ...process.env,
  [PATH_NAME]: [dirname(process.execPath), process.env[PATH_NAME] ?? ""].join(delimiter),
  CI: "1",
  NO_COLOR: "1",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_HIDE_BANNER: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
};
