import { readFileSync, writeFileSync } from "node:fs";
import { DOORS } from "../shared/contract/doors.ts";
import { toOpenApi } from "../shared/contract/openapi.ts";

/** Writes shared/data/openapi.json from the doors; `--check` only says whether the committed file is fresh. */
const target = new URL("../shared/data/openapi.json", import.meta.url);
const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};
const text = `${JSON.stringify(toOpenApi(Object.values(DOORS), version))}\n`;

if (process.argv.includes("--check")) {
  const fresh = readFileSync(target, "utf8") === text;
  console.log(fresh ? "openapi.json is fresh" : "openapi.json is stale: run node scripts/build-openapi.ts");
  process.exitCode = fresh ? 0 : 1;
} else {
  writeFileSync(target, text);
  console.log(`openapi.json: ${Object.keys(DOORS).length} doors, ${text.length} bytes`);
}
