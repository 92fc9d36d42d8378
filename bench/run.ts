import { spawn } from "node:child_process";
import { join } from "node:path";
import { buildWorkers } from "../scripts/host/build-workers.ts";

/** `npm run bench [NAME …] [--option …]`: each measurement in a process of its own, one after the other. */
const ALL = [
  "bundle-size",
  "start-up",
  "decide-speed",
  "governance",
  "pick-flips",
  "classify-cpu",
  "route-load",
  "pick-load",
  "webhook-load",
  "decompose",
  "escalation-learning",
  "isolate-heap",
];
/** Need data that is not in the repository, so they run only when they are named: `foreign-graph --dir FOLDER`. */
const BY_NAME = ["foreign-graph", "aliases", "ability", "shares", "learning"];

const args = process.argv.slice(2);
const optionsAt = args.findIndex((arg) => arg.startsWith("--"));
const asked = optionsAt === -1 ? args : args.slice(0, optionsAt);
const options = optionsAt === -1 ? [] : args.slice(optionsAt);
const known = [...ALL, ...BY_NAME];
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`Cannot run ${unknown.join(", ")}: expected some of ${known.join(", ")}.`);
  process.exit(2);
}

await buildWorkers();
for (const name of asked.length > 0 ? asked : ALL) {
  console.log(`\n== ${name}`);
  const script = join(import.meta.dirname, `${name}.ts`);
  const child = spawn(process.execPath, [script, ...options], { stdio: "inherit" });
  const status = await new Promise((resolve) => child.on("close", resolve));
  if (status !== 0) process.exitCode = 1;
}
