import { setTimeout as delay } from "node:timers/promises";
import type {
  RunBody,
  RunChangedBody,
  RunCreatedBody,
  RunEventBody,
  RunResultBody,
} from "../../shared/contract/run-answers.ts";

const POLL_MS = 100;
/** A run here takes some seconds; a retry waits at most a few more. */
const RUN_TIMEOUT_MS = 60_000;
const ENDS: readonly string[] = ["done", "failed", "canceled", "expired"];

/** The doors of a local host, as two people reach them. */
export interface DemoHost {
  readonly url: string;
  /** Who asks for runs. */
  readonly key: string;
  /** Who approves them: never the same key. */
  readonly approverKey: string;
  readonly signal: AbortSignal;
}

export interface FollowedRun {
  readonly run: RunBody;
  readonly result: RunResultBody;
  readonly events: readonly RunEventBody[];
  readonly wasApproved: boolean;
}

interface Question {
  readonly path: string;
  readonly body?: object;
  readonly key?: string;
}

/** Throws for every answer that is not a success: nothing here expects one. */
async function ask<T>(host: DemoHost, { path, body, key = host.key }: Question): Promise<T> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const request = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(`${host.url}${path}`, { headers, signal: host.signal, ...request });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  const { data } = (await answer.json()) as { readonly data: T };
  return data;
}

/** Asks for a run, tells each change of a step, approves where a person is asked for, and reads what came of it. */
export async function followRun(
  host: DemoHost,
  request: { readonly task: string; readonly mode: string; readonly planner?: "llm" },
): Promise<FollowedRun> {
  const created = await ask<RunCreatedBody>(host, { path: "/api/runs", body: request });
  const path = `/api/runs/${created.id}`;
  const { length: count } = created.plan.steps;
  console.log(`  POST /api/runs -> ${created.id}, ${created.status}, ${count} step${count === 1 ? "" : "s"} planned`);
  const told = new Map<string, string>();
  const deadlineMs = Date.now() + RUN_TIMEOUT_MS;
  let wasApproved = false;
  for (;;) {
    const run = await ask<RunBody>(host, { path });
    tellChanges(run, told);
    if (ENDS.includes(run.status)) {
      const result = await ask<RunResultBody>(host, { path: `${path}/result` });
      const events = await ask<readonly RunEventBody[]>(host, { path: `${path}/events?limit=100` });
      return { run, result, events, wasApproved };
    }
    if (run.status === "awaiting_approval" && !wasApproved) {
      await ask<RunChangedBody>(host, { path: `${path}/approve`, body: { note: "demo" }, key: host.approverKey });
      console.log(`  approved with a second key: ${run.gate.reason}`);
      wasApproved = true;
    }
    if (Date.now() > deadlineMs) throw new Error(`${created.id} is still ${run.status}`);
    await delay(POLL_MS, undefined, { signal: host.signal });
  }
}

function tellChanges({ steps }: RunBody, told: Map<string, string>): void {
  for (const { id, kind, state, model, skipped, finding, cost_usd } of steps) {
    if (told.get(id) === state) continue;
    told.set(id, state);
    if (state === "waiting") continue;
    const found =
      finding === null ? "" : `  score ${finding.score}: ${finding.escalate ? "a stronger model tries" : "taken"}`;
    const end = state === "done" ? `  $${cost_usd.toFixed(6)}${found}` : skipped === null ? "" : `  ${skipped}`;
    const name = `${id} (${kind})`;
    console.log(`  ${name.padEnd(18)} ${state.padEnd(17)} ${(model?.model ?? "").padEnd(30)}${end}`.trimEnd());
  }
}
