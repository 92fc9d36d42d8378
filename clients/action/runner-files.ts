import { randomUUID } from "node:crypto";
import { appendFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Env } from "./parse-inputs.ts";
import { type Attempted, done, EXIT, stopWith } from "./stop.ts";

/** What the step hands to later steps, by output name. */
export type Outputs = Readonly<Record<string, string>>;

/** Appends outputs between delimiters that no value can guess. Stop: badInput outside a runner. */
export function writeOutputs(env: Env, outputs: Outputs): Attempted<undefined> {
  const path = env.GITHUB_OUTPUT ?? "";
  if (path === "") return stopWith(EXIT.badInput, "GITHUB_OUTPUT is not set: outputs have nowhere to go");
  const lines = Object.entries(outputs).map(([name, value]) => {
    const delimiter = `end-${randomUUID()}`;
    return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
  });
  appendFileSync(path, lines.join(""));
  return done(undefined);
}

/** Runners without a summary file are older than the file; the log says the same in short. */
export function writeSummary(env: Env, markdown: string): void {
  const path = env.GITHUB_STEP_SUMMARY ?? "";
  if (path !== "") appendFileSync(path, `${markdown}\n`);
}

/** Writes a text for a later step, readable by this user alone; resolves to its path in the runner's temporary folder. */
export function writeForLater(env: Env, name: string, text: string): string {
  const folder = mkdtempSync(join(env.RUNNER_TEMP ?? tmpdir(), "spawnpoint-"));
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}
