import { createClient } from "../sdk/create-client.ts";
import type { Transport } from "../sdk/send-call.ts";
import { classifyStep } from "./classify-step.ts";
import { type Log, toLog } from "./console-lines.ts";
import { toSecretValues } from "./mask-secrets.ts";
import { type Env, type Mode, parseInputs } from "./parse-inputs.ts";
import { readEvent } from "./read-event.ts";
import { refuseEvent } from "./refuse-event.ts";
import { routeStep } from "./route-step.ts";
import { runStep } from "./run-step.ts";
import { type Outputs, writeOutputs, writeSummary } from "./runner-files.ts";
import type { RunMode, StepReport } from "./step-report.ts";
import { type Attempted, done, EXIT, type ExitCode, type Stop } from "./stop.ts";
import { toSummary } from "./summary-table.ts";
import { verdictStep } from "./verdict-step.ts";

const STEPS: Readonly<Record<Mode, RunMode>> = {
  classify: classifyStep,
  route: routeStep,
  run: runStep,
  verdict: verdictStep,
};

const USER_AGENT = "spawnpoint-action";

export interface ActionDeps {
  readonly env: Env;
  readonly print: (line: string) => void;
  readonly transport: Transport;
}

/** What a step that did nothing hands on, so that a workflow can read `result` whatever came of it. */
const toStoppedOutputs = ({ exit }: Stop): Outputs => ({
  result: exit === EXIT.refusedEvent ? "refused" : "error",
});

function endWith(stop: Stop, env: Env, log: Log): ExitCode {
  log.fail(stop.message);
  writeSummary(env, toSummary("Spawnpoint: nothing was done", [], log.clean(stop.message)));
  return writeOutputs(env, toStoppedOutputs(stop)).ok ? stop.exit : EXIT.badInput;
}

function publish(report: StepReport, env: Env, log: Log): Attempted<undefined> {
  const written = writeOutputs(env, report.outputs);
  if (!written.ok) return written;
  const rows = report.rows.map(([name, value]) => [log.clean(name), log.clean(value)] as const);
  writeSummary(env, toSummary(log.clean(report.title), rows, log.clean(report.reason)));
  log.say(report.line);
  for (const warning of report.warnings) log.warn(warning);
  return done(undefined);
}

/** The whole step: inputs -> event -> may the key be used at all -> mode -> outputs, summary, exit code. */
export async function runAction({ env, print, transport }: ActionDeps): Promise<ExitCode> {
  const early = toLog(print, null);
  const inputs = parseInputs(env);
  if (!inputs.ok) return endWith(inputs.stop, env, early);
  const { apiUrl, apiKey, mode } = inputs.value;
  early.mask(apiKey);
  const log = toLog(print, apiKey);
  const event = readEvent(env);
  if (!event.ok) return endWith(event.stop, env, log);
  const refused = refuseEvent(event.value, mode);
  if (refused !== null) return endWith(refused, env, log);
  const { sleep, nowMs } = transport;
  const client = createClient({ apiUrl, apiKey, userAgent: USER_AGENT, transport });
  const secrets = toSecretValues(env, [apiKey]);
  const context = { env, event: event.value, inputs: inputs.value, client, secrets, log, sleep, nowMs };
  const report = await STEPS[mode](context);
  if (!report.ok) return endWith(report.stop, env, log);
  const published = publish(report.value, env, log);
  if (!published.ok) return endWith(published.stop, env, log);
  if (report.value.stop === null) return EXIT.ok;
  log.fail(report.value.stop.message);
  return report.value.stop.exit;
}
