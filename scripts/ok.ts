import { spawn } from "node:child_process";
import { bin, ROOT, WRANGLER_ENV } from "./host/paths.ts";

/** The checks that need no run, by the npm script that runs them alone. */
const CHECKS: readonly { readonly name: "typecheck" | "lint"; readonly command: readonly string[] }[] = [
  { name: "typecheck", command: [bin("tsc"), "-p", "shared/tsconfig.json"] },
  { name: "typecheck", command: [bin("tsc"), "-p", "workers/tsconfig.json"] },
  { name: "typecheck", command: [bin("tsc"), "-p", "workers/tsconfig.test.json"] },
  { name: "typecheck", command: [bin("tsc"), "-p", "tsconfig.node.json"] },
  { name: "lint", command: [bin("biome"), "check"] },
];

/** Runs a command with its output kept together; resolves whether it ended well. */
async function run([command = "", ...args]: readonly string[]): Promise<boolean> {
  const child = spawn(command, args, { cwd: ROOT, env: WRANGLER_ENV, stdio: ["ignore", "pipe", "pipe"] });
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
  const status = await new Promise((resolve) => child.on("error", () => resolve(1)).on("close", resolve));
  const label = [command.split("/").at(-1), ...args].join(" ");
  console.log(`${status === 0 ? "ok    " : "FAILED"} ${label}`);
  if (status !== 0) process.stdout.write(Buffer.concat(output));
  return status === 0;
}

/** `npm run ok`: everything that must hold before a change is done; `ok.ts typecheck` or `ok.ts lint`: that alone. */
const only = process.argv[2];
const checks = CHECKS.filter((check) => only === undefined || check.name === only);
const results = await Promise.all(checks.map((check) => run(check.command)));
let failed = checks.length === 0 || results.includes(false);
if (only === undefined) {
  const tests = spawn(process.execPath, ["scripts/test.ts"], { cwd: ROOT, stdio: "inherit" });
  const status = await new Promise((resolve) => tests.on("close", resolve));
  failed ||= status !== 0;
}
process.exitCode = failed ? 1 : 0;
