import { spawn } from "node:child_process";
import { join } from "node:path";
import { buildWorkers } from "../scripts/host/build-workers.ts";

/** `npm run bench [NAME …]`: each measurement in a process of its own, one after the other. */
const ALL = ["bundle-size", "decide-speed", "pick-flips", "classify-cpu", "route-load", "isolate-heap"];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !ALL.includes(name));
if (unknown.length > 0) {
  console.error(`Cannot run ${unknown.join(", ")}: expected some of ${ALL.join(", ")}.`);
  process.exit(2);
}

await buildWorkers();
for (const name of asked.length > 0 ? asked : ALL) {
  console.log(`\n== ${name}`);
  const child = spawn(process.execPath, [join(import.meta.dirname, `${name}.ts`)], { stdio: "inherit" });
  const status = await new Promise((resolve) => child.on("close", resolve));
  if (status !== 0) process.exitCode = 1;
}
