import { createHash } from "node:crypto";
import type { RunBody, RunCreatedBody } from "../../shared/contract/run-answers.ts";
import type { CreateRunBody } from "../../shared/contract/run-requests.ts";
import { type Answer, type ApiFault, describeFault } from "../sdk/api-fault.ts";
import type { Env } from "./parse-inputs.ts";
import { ENDED_BADLY, isAtRest, type Kickoff, toRunReport, toUnreadReport } from "./run-report.ts";
import { writeForLater } from "./runner-files.ts";
import { type RunMode, type StepContext, stopForFault } from "./step-report.ts";
import { done } from "./stop.ts";
import { toTask } from "./to-task.ts";

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 15_000;

/** The same job asks for the same run, however often it is sent; another text or limit is another run. */
function toKey(env: Env, body: CreateRunBody, again: string): string {
  const parts = [env.GITHUB_REPOSITORY, env.GITHUB_RUN_ID, env.GITHUB_JOB, body, again];
  return `github-${createHash("sha256").update(JSON.stringify(parts)).digest("hex")}`;
}

interface Started {
  readonly created: RunCreatedBody;
  readonly run: Answer<RunBody>;
}

/** The run of this job. A re-run of the job takes up a run that is not lost, and starts another where it failed. */
async function startRun({ env, client }: StepContext, body: CreateRunBody): Promise<Answer<Started>> {
  const start = async (again: string): Promise<Answer<Started>> => {
    const created = await client.createRun(body, toKey(env, body, again));
    if (!created.ok) return created;
    return { ...created, data: { created: created.data, run: await client.readRun(created.data.id) } };
  };
  const first = await start("");
  const rerun = env.GITHUB_RUN_ATTEMPT ?? "1";
  if (!first.ok || !first.data.run.ok || rerun === "1") return first;
  return ENDED_BADLY.includes(first.data.run.data.status) ? start(rerun) : first;
}

async function waitForRest(run: RunBody, { client, inputs, sleep, nowMs }: StepContext): Promise<Answer<RunBody>> {
  const untilMs = nowMs() + inputs.waitS * 1_000;
  let standing = run;
  let pauseMs = FIRST_PAUSE_MS;
  while (!isAtRest(standing) && nowMs() + pauseMs <= untilMs) {
    await sleep(pauseMs);
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5);
    const read = await client.readRun(run.id);
    if (!read.ok) return read;
    standing = read.data;
  }
  return { ok: true, data: standing, meta: {} };
}

/** The run goes on and spends, whether this key may look at it or not. */
const mayNotRead = (fault: ApiFault): boolean => fault.kind === "refused" && fault.code === "FORBIDDEN";

async function conclude(run: RunBody, kickoff: Kickoff, { env, client, inputs }: StepContext) {
  if (run.status !== "done") return done(toRunReport({ run, kickoff, resultPath: "" }, inputs));
  const result = await client.readRunResult(run.id);
  if (!result.ok) return stopForFault(result.fault);
  const { output } = result.data;
  const resultPath = output === null ? "" : writeForLater(env, "result.md", output);
  return done(toRunReport({ run, kickoff, resultPath }, inputs));
}

/** It is told beside the run: a decision that cannot be read ends nothing. */
async function readKickoff({ decision_id: id }: RunBody, { client }: StepContext): Promise<Kickoff> {
  if (id === null) return { decision: null, warning: "The run names no decision: its outputs stay empty" };
  const read = await client.readDecision(id);
  if (read.ok) return { decision: read.data, warning: null };
  return { decision: null, warning: `The decision's outputs stay empty: ${describeFault(read.fault)}` };
}

/** Mode run: Spawnpoint has the task done under a cap. The step waits for the end as long as it was told. */
export const runStep: RunMode = async (context) => {
  const { env, event, inputs } = context;
  const task = toTask(env, event, inputs);
  if (!task.ok) return task;
  const body: CreateRunBody = {
    task: task.value.text,
    task_id: task.value.taskId,
    ...(inputs.budget === null ? {} : { budget: inputs.budget }),
    ...(inputs.maxUsd === null ? {} : { max_usd: inputs.maxUsd }),
    ...(inputs.verifier === "none" ? {} : { verifier: inputs.verifier }),
    ...(inputs.repository === null ? {} : { context: { repository: inputs.repository } }),
  };
  const started = await startRun(context, body);
  if (!started.ok) return stopForFault(started.fault);
  const { created, run } = started.data;
  if (!run.ok)
    return mayNotRead(run.fault) ? done(toUnreadReport(created, describeFault(run.fault))) : stopForFault(run.fault);
  const kickoff = await readKickoff(run.data, context);
  const rested = await waitForRest(run.data, context);
  return rested.ok ? conclude(rested.data, kickoff, context) : stopForFault(rested.fault);
};
