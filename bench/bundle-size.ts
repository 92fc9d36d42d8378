import { readdirSync, readFileSync, statSync } from "node:fs";
import { gzipSync } from "node:zlib";

/** Prints what a deploy of each worker uploads, raw and gzipped; the goal for the router is < 40 MiB raw, < 10 MiB gzip. */
const MIB = 1024 * 1024;
const GZIP_MOST = 10 * MIB;

for (const worker of ["router", "enricher", "executor"]) {
  const folder = new URL(`../dist/${worker}/`, import.meta.url);
  const files = readdirSync(folder).filter(
    (name) => !name.endsWith(".map") && name !== "README.md" && statSync(new URL(name, folder)).isFile(),
  );
  const rows = files.map((name) => {
    const bytes = readFileSync(new URL(name, folder));
    return { name, bytes, raw: bytes.length, gzip: gzipSync(bytes, { level: 6 }).length };
  });
  const raw = rows.reduce((sum, row) => sum + row.raw, 0);
  // All modules as one stream, which is what wrangler prints of a deploy.
  const gzip = gzipSync(Buffer.concat(rows.map(({ bytes }) => bytes))).length;
  const left = `${((GZIP_MOST - gzip) / 1024).toFixed(0)} KiB left of 10 MiB`;
  console.log(`${worker}: raw ${(raw / MIB).toFixed(2)} MiB, gzip ${(gzip / MIB).toFixed(2)} MiB, ${left}`);
  for (const row of rows)
    console.log(`  ${row.name}: ${(row.raw / 1024).toFixed(0)} KiB raw, ${(row.gzip / 1024).toFixed(0)} KiB gzip`);
}
