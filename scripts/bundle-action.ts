import { join } from "node:path";
import { build } from "vite";
import { ROOT } from "./host/paths.ts";

export const ACTION_BUNDLE = join(ROOT, "clients", "action", "dist", "index.js");

/**
 * The GitHub Action as one file of ES modules for Node 24, with nothing left to import but Node's own. Not minified:
 * whoever pins it can read it. The same sources give the same bytes, wherever the repository lies.
 */
export async function bundleAction(): Promise<string> {
  const result = await build({
    root: ROOT,
    configFile: false,
    logLevel: "silent",
    mode: "production",
    build: {
      ssr: join(ROOT, "clients", "action", "main.ts"),
      write: false,
      minify: false,
      target: "node24",
      rolldownOptions: { cwd: ROOT, output: { format: "es", entryFileNames: "index.js", codeSplitting: false } },
    },
    ssr: { noExternal: true },
  });
  const outputs = Array.isArray(result) ? result : [result];
  const [file, ...others] = outputs.flatMap((made) => ("output" in made ? made.output : []));
  if (file?.type !== "chunk" || others.length > 0) throw new Error("the action is to be one file");
  return file.code;
}
