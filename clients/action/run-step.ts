import { createHash } from "node:crypto";
import type { RunBody } from "../../shared/contract/run-answers.ts";
import type { CreateRunBody } from "../../shared/contract/run-requests.ts";
import type { Answer } from "../sdk/api-fault.ts";
import type { Env } from "./parse-inputs.ts";
import { writeForLater } from "./runner-files.ts";
import { type RunMode, type StepContext, type StepReport, stopForFault } from "./step-report.ts";
import { type Attempted, done, EXIT, type Stop } from "./stop.ts";
import { showUsd } from "./summary-table.ts";
import { toTask } from "./to-task.ts";

const ENDED_BADLY: readonly RunBody["status"][] = ["failed", "canceled", "expired"];
/** Somebody has to act, which may take days: the step does not wait for people. */
const WAITS_FOR_SOMEBODY: readonly RunBody["status"][] = ["awaiting_approval", "awaiting_verdict", "paused_budget"];
const isAtRest = ({ status }: RunBody): boolean =>
  status === "done" || ENDED_BADLY.includes(status) || WAITS_FOR_SOMEBODY.includes(status);

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 15_000;

/** The same job asks for the same run, however often it is sent; another text or limit is another run. */
function toKey(env: Env, body: CreateRunBody, again: string): string {
  const parts = [env.GITHUB_REPOSITORY, env.GITHUB_RUN_ID, env.GITHUB_JOB, body, again];
  return `github-${createHash("sha256").update(JSON.stringify(parts)).digest("hex")}`;
}

/** The run of this job. A re-run of the job takes up a run that is not lost, and starts another where it failed. */
async function startRun({ env, client }: StepContext, body: CreateRunBody): Promise<Answer<RunBody>> {
  const created = await client.createRun(body, toKey(env, body, ""));
  if (!created.ok) return created;
  const run = await client.readRun(created.data.id);
  const rerun = env.GITHUB_RUN_ATTEMPT ?? "1";
  if (!run.ok || rerun === "1" || !ENDED_BADLY.includes(run.data.status)) return run;
  const again = await client.createRun(body, toKey(env, body, rerun));
  return again.ok ? client.readRun(again.data.id) : again;
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

function toStop({ status, id }: RunBody): Stop | null {
  return ENDED_BADLY.includes(status) ? { exit: EXIT.failed, message: `The run ${id} ended as ${status}` } : null;
}

function toReport(run: RunBody, resultPath: string): StepReport {
  const { status, id, gate, cost, steps, mode } = run;
  const isHeld = status === "awaiting_approval";
  const models = [...new Set(steps.flatMap(({ model }) => (model === null ? [] : [model.model])))];
  const waits = isAtRest(run) ? [] : [`The run ${id} still goes on; GET /api/runs/${id} tells when it has ended`];
  const held = WAITS_FOR_SOMEBODY.includes(status) ? [`The run ${id} waits for somebody: ${status}`] : [];
  return {
    outputs: {
      result: status,
      "run-id": id,
      "decision-id": run.decision_id ?? "",
      model: models[0] ?? "",
      "requires-approval": String(isHeld),
      "spent-usd": String(cost.spent_usd),
      "result-path": resultPath,
    },
    title: `Spawnpoint: run ${status}`,
    rows: [
      ["Run", `${id}, mode ${mode}`],
      ["Models", models.join(", ")],
      ["Spent", `${showUsd(cost.spent_usd)} of ${showUsd(cost.cap_usd)}`],
      ["Gate", gate.requires_approval ? `${gate.approval_id ?? "a person must approve"}: ${gate.reason}` : "none"],
    ],
    reason:
      resultPath === "" ? "There is no result yet." : "The result is in the file that the output result-path names.",
    line: `Run ${id}: ${status}, ${showUsd(cost.spent_usd)} of ${showUsd(cost.cap_usd)} spent.`,
    warnings: [...waits, ...held],
    stop: toStop(run),
  };
}

async function conclude(run: RunBody, { env, client }: StepContext): Promise<Attempted<StepReport>> {
  if (run.status !== "done") return done(toReport(run, ""));
  const result = await client.readRunResult(run.id);
  if (!result.ok) return stopForFault(result.fault);
  const { output } = result.data;
  return done(toReport(run, output === null ? "" : writeForLater(env, "result.md", output)));
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
  const rested = await waitForRest(started.data, context);
  return rested.ok ? conclude(rested.data, context) : stopForFault(rested.fault);
};
