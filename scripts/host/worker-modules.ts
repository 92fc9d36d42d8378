import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface WorkerModule {
  readonly type: "ESModule" | "CompiledWasm" | "Text" | "Data";
  readonly path: string;
  readonly contents: string | Uint8Array<ArrayBuffer>;
}

const NOT_A_MODULE = /\.map$|^README\.md$/;

/** The modules of one bundle by the default rules of wrangler, `index.js` first because the first is the entry. */
export function readWorkerModules(dir: string): WorkerModule[] {
  const names = readdirSync(dir).filter((name) => !NOT_A_MODULE.test(name) && name !== "index.js");
  return ["index.js", ...names].map((name) => readModule(dir, name));
}

function readModule(dir: string, name: string): WorkerModule {
  const path = join(dir, name);
  if (name.endsWith(".js")) {
    // Without its map file beside it the reference would only make the simulator warn.
    const contents = readFileSync(path, "utf8").replace(/\n\/\/# sourceMappingURL=.*/, "");
    return { type: "ESModule", path: name, contents };
  }
  if (/\.(txt|html|sql)$/.test(name)) return { type: "Text", path: name, contents: readFileSync(path, "utf8") };
  const contents = new Uint8Array(readFileSync(path));
  return { type: name.endsWith(".wasm") ? "CompiledWasm" : "Data", path: name, contents };
}
