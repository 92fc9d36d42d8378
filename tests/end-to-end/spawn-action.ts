import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");
const BUNDLE = join(ROOT, "clients", "action", "dist", "index.js");

/** A workflow job as far as the step sees it: its folders, its event, and who runs it. */
export interface Job {
  /** An empty folder of its own. */
  readonly home: string;
  readonly repository: string;
  readonly runId: string;
  readonly runAttempt?: string;
  readonly eventName: string;
  /** The payload, or the very text of its file. */
  readonly payload: unknown;
}

export interface ActionStep {
  readonly status: number | null;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Reads an outputs file as the runner does: `name<<delimiter`, lines, `delimiter`. */
export function parseOutputs(text: string): Readonly<Record<string, string>> {
  const outputs: Record<string, string> = {};
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i += 1) {
    const head = /^([\w-]+)<<(\S+)$/.exec(lines[i] ?? "");
    if (head === null) continue;
    const [, name = "", delimiter = ""] = head;
    const end = lines.indexOf(delimiter, i + 1);
    if (end < 0) throw new Error(`the output ${name} has no end`);
    outputs[name] = lines.slice(i + 1, end).join("\n");
    i = end;
  }
  return outputs;
}

export const toWorkspace = (job: Job): string => join(job.home, "workspace");
export const toRunnerTemp = (job: Job): string => join(job.home, "temp");

function toPaths(job: Job, count: number) {
  const folder = join(job.home, `step-${count}`);
  for (const path of [folder, toWorkspace(job), toRunnerTemp(job)]) mkdirSync(path, { recursive: true });
  const [event, output, summary] = ["event.json", "output", "summary.md"].map((name) => join(folder, name));
  return { event: event ?? "", output: output ?? "", summary: summary ?? "" };
}

let steps = 0;

/** Runs the committed bundle in a process of its own, with the environment and files that a runner gives it. */
export async function spawnAction(
  job: Job,
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<ActionStep> {
  steps += 1;
  const paths = toPaths(job, steps);
  writeFileSync(paths.event, typeof job.payload === "string" ? job.payload : JSON.stringify(job.payload));
  for (const path of [paths.output, paths.summary]) writeFileSync(path, "");
  const named = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const);
  const child = spawn(process.execPath, [BUNDLE], {
    cwd: toWorkspace(job),
    env: {
      PATH: process.env.PATH,
      GITHUB_ACTIONS: "true",
      GITHUB_EVENT_NAME: job.eventName,
      GITHUB_EVENT_PATH: paths.event,
      GITHUB_OUTPUT: paths.output,
      GITHUB_STEP_SUMMARY: paths.summary,
      GITHUB_REPOSITORY: job.repository,
      GITHUB_RUN_ID: job.runId,
      GITHUB_RUN_ATTEMPT: job.runAttempt ?? "1",
      GITHUB_JOB: "kickoff",
      GITHUB_WORKSPACE: toWorkspace(job),
      RUNNER_TEMP: toRunnerTemp(job),
      ...Object.fromEntries(named),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => printed.push(text));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  return {
    status,
    log: printed.join(""),
    outputs: parseOutputs(readFileSync(paths.output, "utf8")),
    summary: readFileSync(paths.summary, "utf8"),
  };
}
