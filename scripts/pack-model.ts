import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { ROOT } from "./host/paths.ts";
import { packFile } from "./pack-file.ts";

/**
 * Writes what the router's bundle carries of the model's weights: the graph and the fallback, packed (decision 017).
 * To be run whenever either is made anew; `npm test` holds the packed files against their sources.
 */
const FOLDER = join(ROOT, "models", "kickoff-1");
const FILES = { "model.ort": "packed/graph.bin", "fallback/fallback.bin": "packed/fallback.bin" };

const kib = (bytes: Uint8Array): string => (gzipSync(bytes, { level: 6 }).length / 1024).toFixed(0);

for (const [from, to] of Object.entries(FILES)) {
  const source = readFileSync(join(FOLDER, from));
  const packed = packFile(source);
  mkdirSync(dirname(join(FOLDER, to)), { recursive: true });
  writeFileSync(join(FOLDER, to), packed);
  console.log(`${from}: ${kib(source)} KiB gzip, ${to}: ${kib(packed)} KiB gzip, ${packed.length} bytes`);
}
