import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

/** Everything a bundle is made from. Models are large, but reading 30 MB takes less than 0.1 s. */
const INPUTS = ["wrangler.toml", "package-lock.json", "tsconfig.base.json", "shared", "workers", "models"];
/** Never part of a bundle: tests, and what models are trained from. */
const NOT_INPUT = /\.test\.ts$|(^|\/)tsconfig[^/]*\.json$|^models\/(training|data)(\/|$)|\.md$/;

/** SHA-256 over the paths and contents of all inputs of the three bundles. */
export function digestSources(root: string): string {
  const hash = createHash("sha256");
  for (const path of INPUTS.flatMap((input) => listFiles(root, input)).sort()) {
    hash.update(`${path}\0`).update(
      createHash("sha256")
        .update(readFileSync(join(root, path)))
        .digest(),
    );
  }
  return hash.digest("hex");
}

function listFiles(root: string, path: string): string[] {
  const absolute = join(root, path);
  if (!existsSync(absolute) || NOT_INPUT.test(path)) return [];
  if (statSync(absolute).isFile()) return [path];
  return readdirSync(absolute).flatMap((name) => listFiles(root, relative(root, join(absolute, name))));
}
