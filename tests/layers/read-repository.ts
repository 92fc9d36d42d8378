import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { isCode, type SourceFile } from "./source-file.ts";

/** What .gitignore keeps out, and git's own folder. */
const IGNORED = new Set([
  ".git",
  "node_modules",
  "dist",
  ".wrangler",
  ".state",
  "coverage",
  "__pycache__",
  ".DS_Store",
  ".dev-key",
]);

/** Every file of the repository; the text of code alone, since no rule reads the rest. */
export function readRepository(root: string, folder = ""): readonly SourceFile[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    if (IGNORED.has(name) || name.endsWith(".log") || name.startsWith(".dev.vars")) return [];
    const path = folder === "" ? name : `${folder}/${name}`;
    if (statSync(join(root, path)).isDirectory()) return readRepository(root, path);
    const hasRules = isCode(path) || path.endsWith(".py");
    return [{ path, text: hasRules ? readFileSync(join(root, path), "utf8") : "" }];
  });
}
