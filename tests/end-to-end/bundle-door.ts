import { build } from "vite";

/** A worker of a test as one module: the runtime takes no TypeScript. */
export async function bundleDoor(entry: string): Promise<string> {
  const lib = { entry, formats: ["es" as const], fileName: "door" };
  const rollupOptions = { external: [/^cloudflare:/] };
  const options = { write: false, minify: false, lib, rollupOptions };
  const built = await build({ configFile: false, logLevel: "silent", build: options });
  const [output] = Array.isArray(built) ? built : [built];
  if (output === undefined || !("output" in output)) throw new Error("no bundle");
  return output.output[0].code;
}
