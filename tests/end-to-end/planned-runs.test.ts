import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { RunBody, RunEventBody } from "../../shared/contract/run-answers.ts";
import { isPlanner, toPlan } from "../fake-provider/play-roles.ts";
import { say, speak } from "../fake-provider/speech.ts";
import { type FakeProvider, type Script, startFakeProvider } from "../fake-provider/start-fake-provider.ts";
import { HANG, wait } from "../fake-provider/timeline.ts";
import { makeKey } from "./make-key.ts";
import { PATIENCE, START_MS } from "./patience.ts";
import { startRunHost } from "./start-run-host.ts";
import type { TestHost } from "./start-test-host.ts";

let provider: FakeProvider;
let host: TestHost;
beforeAll(async () => {
  provider = await startFakeProvider();
  host = await startRunHost({ providerUrl: provider.url });
}, START_MS);
afterAll(async () => {
  await host?.remove();
  await provider?.close();
});
let from = 0;
beforeEach(() => {
  from = provider.calls.length;
});

const MICRO = 1e6;
/** A dead holder's lease lasts half a minute, and the sweeper comes each minute. */
const RECOVERY = { ...PATIENCE, timeout: 90_000 + PATIENCE.timeout };
const TASK = "Write a parser for the CSV export, show its rows in a table, and test both.";
const LISTED = "1. Write the parser for the CSV export\n2. Write its tests\n3. Document the format in the README";
const part = (id: string, text: string, depends_on: readonly string[] = []) => ({ id, text, depends_on });
const DIAMOND = [
  part("columns", "Define the columns of the export in src/csv/columns.ts"),
  part("parser", "Write the parser in src/csv/parse.ts", ["columns"]),
  part("table", "Show the rows in src/ui/table.tsx", ["columns"]),
  part("tests", "Write unit tests for parser and table", ["parser", "table"]),
];

const plannerCalls = (): number => provider.calls.slice(from).filter(isPlanner).length;

/** A planner that answers these parts, with the seal of its question; everybody else says a word, after a moment. */
const planning =
  (parts: unknown): Script =>
  (call) => {
    if (!isPlanner(call)) return [wait(150), ...speak(say("A result."), call)];
    return speak(say(toPlan(call, parts)), call);
  };

async function ask<T>(path: string, body?: object, key = host.key): Promise<T> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const request = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(`${host.url}${path}`, { headers, ...request });
  const { data } = (await answer.json()) as { readonly data: T };
  return data;
}

const start = async (task: string, mode = "swarm"): Promise<string> =>
  (await ask<{ readonly id: string }>("/api/runs", { task, mode, planner: "llm" })).id;

/** Waits for a state; the ledger closes over the provider's own count wherever nobody was killed. */
async function reach(id: string, status: string, { wasKilled = false } = {}) {
  const read = () => ask<RunBody>(`/api/runs/${id}`);
  await expect.poll(async () => (await read()).status, wasKilled ? RECOVERY : PATIENCE).toBe(status);
  const [run, events] = [await read(), await ask<readonly RunEventBody[]>(`/api/runs/${id}/events?limit=200`)];
  const booked = run.steps.reduce((sum, { cost_usd }) => sum + Math.round(cost_usd * MICRO), 0);
  expect(booked).toBe(Math.round((run.cost.spent_usd + run.cost.overrun_usd) * MICRO));
  expect(run.cost.reserved_usd).toBe(0);
  if (!wasKilled) expect(run.steps.reduce((sum, { calls }) => sum + calls, 0)).toBe(provider.calls.length - from);
  return { run, events, planned: events.find(({ type }) => type === "planned")?.detail };
}

test("a diamond that a model plans runs in waves, and is paid for once", async () => {
  provider.script = planning(DIAMOND);
  const { run, events, planned } = await reach(await start(TASK), "done");
  expect(planned).toEqual({ planned_by: "llm", reason: null, parts: 4, requires_approval: false });
  const starts = events.filter(({ type }) => type === "step_started").map(({ step_id }) => step_id);
  expect([starts.slice(0, 2), starts.slice(2, 4).sort(), starts.slice(4)]).toEqual([
    ["plan", "part-1"],
    ["part-2", "part-3"],
    ["part-4", "merge"],
  ]);
  expect(run.notes).toEqual([]);
  expect(plannerCalls()).toBe(1);
});

test.each<[string, unknown]>([
  ["that is no list", "look around first"],
  ["of thirty parts", Array.from({ length: 30 }, (_, i) => part(`p${i}`, `Do thing ${i}`))],
  ["that goes in a circle", [part("a", "Do a", ["b"]), part("b", "Do b", ["a"])]],
])("a plan %s is asked for anew, and then the task's own structure stands in", async (_, parts) => {
  provider.script = planning(parts);
  const { run, planned } = await reach(await start(LISTED, "plan"), "done");
  expect(planned).toEqual({ planned_by: "splitter", reason: "unreadable", parts: 3, requires_approval: false });
  expect([plannerCalls(), run.steps.length]).toEqual([2, 5]);
});

test("a plan that is one part leaves a task without parts whole", async () => {
  provider.script = planning([part("all", "Do it")]);
  const { run, planned } = await reach(await start("Fix the typo in README.md"), "done");
  expect(planned).toMatchObject({ planned_by: "splitter", reason: "one_part", parts: 0 });
  expect(run.steps.map(({ id }) => id)).toEqual(["plan", "call-1"]);
});

test("a planned part that is for a person to look at awaits another key", async () => {
  provider.script = planning([
    ...DIAMOND,
    part("keys", "Rotate the JWT signing keys in production and drop the users table", ["tests"]),
  ]);
  const id = await start(TASK);
  const { run } = await reach(id, "awaiting_approval");
  expect(run.gate).toMatchObject({ requires_approval: true, approval_id: null });
  expect(provider.calls.length - from).toBe(1);
  await ask(`/api/runs/${id}/approve`, {});
  expect((await ask<RunBody>(`/api/runs/${id}`)).status).toBe("awaiting_approval");
  await ask(`/api/runs/${id}/approve`, {}, await makeKey(host, { scopes: ["approve"] }));
  const after = await reach(id, "done");
  expect(after.run.steps.map(({ state }) => state)).toEqual(Array.from({ length: 7 }, () => "done"));
  expect(after.run.gate.approval_id).not.toBeNull();
}, 300_000);

test("a host that is killed in the middle of planning asks for one plan more, and no other", async () => {
  provider.script = () => [HANG];
  const id = await start(TASK);
  await expect.poll(plannerCalls, PATIENCE).toBe(1);
  await host.stop("SIGKILL");
  provider.script = planning(DIAMOND);
  host = await startRunHost({ providerUrl: provider.url, stateDir: host.stateDir });
  const { run, planned } = await reach(id, "done", { wasKilled: true });
  expect(planned).toMatchObject({ planned_by: "llm", parts: 4 });
  expect([plannerCalls(), run.steps[0]?.calls, run.steps.length]).toEqual([2, 2, 6]);
}, 500_000);
