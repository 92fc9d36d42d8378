import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ActionStep, type Job, spawnAction, toRunnerTemp, toWorkspace } from "./spawn-action.ts";

/** The workflow of docs/github-action.md, step by step, with a scripted agent where a person's own would be. */
export interface Loop {
  readonly job: Job;
  readonly apiUrl: string;
  readonly apiKey: string;
  /** Inputs of the route step beside address and key. */
  readonly routeInputs?: Readonly<Record<string, string>>;
  /** Whether the agent's work on this attempt passes the checks. */
  readonly solves: (attempt: number, model: string) => boolean;
  /** What the checks print beside their own line when they fail. */
  readonly noise?: string;
  /** Told of each step. */
  readonly onStep?: (name: string, text: string) => void;
}

export interface LoopEnd {
  readonly route: ActionStep;
  readonly verdicts: readonly ActionStep[];
  /** Models that worked, in order. */
  readonly models: readonly string[];
  /** What each agent after the first was shown of the failure before it. */
  readonly handedOn: readonly string[];
}

const MOST_ATTEMPTS = 4;

/** An agent that edits the workspace: the right answer, or one that is off by one. */
function work({ job }: Loop, solves: boolean): void {
  writeFileSync(join(toWorkspace(job), "last-page.txt"), solves ? "3" : "4");
}

/** Checks that look at the workspace, and a log as they leave one. */
function check({ job, noise = "" }: Loop): { readonly outcome: "success" | "failure"; readonly log: string } {
  const found = readFileSync(join(toWorkspace(job), "last-page.txt"), "utf8");
  const log = join(toRunnerTemp(job), "checks.log");
  const passed = found === "3";
  const line = passed ? "ok 1 last page" : `not ok 1 last page: expected 3, found ${found}`;
  writeFileSync(log, `\u001b[31m${line}\u001b[0m\n${noise}\n`);
  return { outcome: passed ? "success" : "failure", log };
}

/** route -> agent -> checks -> verdict, and again with the next model and the log while there is one. */
export async function runActionLoop(loop: Loop): Promise<LoopEnd> {
  const { job, apiUrl, apiKey, routeInputs = {}, onStep = () => {} } = loop;
  const shared = { "api-url": apiUrl, "api-key": apiKey };
  const route = await spawnAction(job, { ...shared, mode: "route", ...routeInputs });
  onStep("route", route.log);
  const [verdicts, models, handedOn]: [ActionStep[], string[], string[]] = [[], [], []];
  let standing = route;
  while (standing.status === 0 && standing.outputs["requires-approval"] === "false" && models.length < MOST_ATTEMPTS) {
    const { model = "", attempt = "", "evidence-path": evidence = "" } = standing.outputs;
    if (model === "") break;
    if (evidence !== "" && existsSync(evidence)) handedOn.push(readFileSync(evidence, "utf8"));
    models.push(model);
    work(loop, loop.solves(Number(attempt), model));
    const { outcome, log } = check(loop);
    onStep("agent", `${model} worked (scripted); the checks: ${outcome}`);
    standing = await spawnAction(job, {
      ...shared,
      mode: "verdict",
      "decision-id": route.outputs["decision-id"] ?? "",
      attempt,
      accepted: outcome,
      "evidence-file": log,
    });
    onStep("verdict", standing.log);
    verdicts.push(standing);
    if (standing.outputs.result !== "next") break;
  }
  return { route, verdicts, models, handedOn };
}
