import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { localDatabaseId, readWorkerConfigs } from "../scripts/host/worker-configs.ts";
import { toRandom } from "../shared/policy/testing/random-catalog.ts";
import { startRunHost } from "../tests/end-to-end/start-run-host.ts";
import type { TestHost } from "../tests/end-to-end/start-test-host.ts";
import { isPlanner, toPlan } from "../tests/fake-provider/play-roles.ts";
import { say, speak } from "../tests/fake-provider/speech.ts";
import { type SeenCall, startFakeProvider } from "../tests/fake-provider/start-fake-provider.ts";
import { wait } from "../tests/fake-provider/timeline.ts";
import { auditBooks, readReserved } from "./chaos/audit-books.ts";
import { readOpenCalls } from "./chaos/read-open-calls.ts";
import { descendantsNamed } from "./process-cpu.ts";

/**
 * Kills the local host's process and runtime at random points while runs go on, and reads its books afterwards beside
 * the provider's log: node bench/chaos.ts [--runs 200] [--kills 20] [--seed 1] [--settle-s 240] [--kill tree|workerd]
 * `workerd` kills the runtime alone, which its process then starts anew; messages in memory are lost either way.
 */
const { values } = parseArgs({
  options: {
    help: { type: "boolean", short: "h", default: false },
    runs: { type: "string", default: "200" },
    kills: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    "settle-s": { type: "string", default: "240" },
    kill: { type: "string", default: "tree" },
  },
});
if (values.help) {
  console.log("usage: npm run chaos -- [--runs N] [--kills N] [--seed N] [--settle-s N] [--kill tree|workerd]");
  process.exit(0);
}
const [runs, kills, seed, settleS] = [values.runs, values.kills, values.seed, values["settle-s"]].map(Number);
if (![runs, kills, seed, settleS].every((value) => Number.isInteger(value))) throw new Error("whole numbers expected");
if (values.kill !== "tree" && values.kill !== "workerd") throw new Error("--kill tree or --kill workerd expected");

const random = toRandom(seed ?? 1);
const between = (least: number, most: number): number => least + Math.floor(random() * (most - least));
/** Most runs are of the mode that most people use; the others have several steps to be killed between. */
const KINDS = [
  { mode: "single" },
  { mode: "single" },
  { mode: "collective" },
  { mode: "cascade" },
  { mode: "swarm", planner: "llm" },
  { mode: "single" },
  { mode: "plan", planner: "llm" },
] as const;
/** What the planning model makes of every task: two parts at once, then one that needs both. */
const PARTS = [
  { id: "parser", text: "Write the parser", depends_on: [] },
  { id: "table", text: "Write the table", depends_on: [] },
  { id: "tests", text: "Write tests of both", depends_on: ["parser", "table"] },
];

const fake = await startFakeProvider((call) => {
  const answer = isPlanner(call) ? toPlan(call, PARTS) : `An answer of ${call.index}.`;
  const lines = speak(say(answer), call);
  return [wait(between(30, 600)), ...lines];
});
let host: TestHost = await startRunHost({ providerUrl: fake.url });
const { stateDir } = host;
const databaseId = localDatabaseId(await readWorkerConfigs());
const accepted = new Map<string, string>();

const markerOf = (n: number): string => `case-${seed}-${n}-end`;
const headers = (): Record<string, string> => ({
  authorization: `Bearer ${host.key}`,
  "content-type": "application/json",
});

/** Asks until it is told that the run was accepted, under one key, as a careful client does. */
async function submit(n: number): Promise<void> {
  const body = JSON.stringify({ task: `Fix the parser, ${markerOf(n)}`, ...KINDS[n % KINDS.length] });
  for (;;) {
    try {
      const answer = await fetch(`${host.url}/api/runs`, {
        ...{ method: "POST", body, signal: AbortSignal.timeout(20_000) },
        headers: { ...headers(), "idempotency-key": `"chaos-${markerOf(n)}"` },
      });
      const told = (await answer.json()) as { data?: { id: string }; error?: { code: string } };
      if (answer.status === 202 && told.data !== undefined) return void accepted.set(markerOf(n), told.data.id);
      if (answer.status !== 409 && answer.status < 500) throw new Error(JSON.stringify(told));
    } catch (thrown) {
      if (thrown instanceof Error && thrown.message.startsWith("{")) throw thrown;
    }
    await delay(500);
  }
}

async function submitAll(): Promise<void> {
  const next = { n: 0 };
  const worker = async (): Promise<void> => {
    for (let n = next.n++; n < (runs ?? 0); n = next.n++) {
      await submit(n);
      await delay(between(50, 700));
    }
  };
  await Promise.all(Array.from({ length: 6 }, worker));
}

async function killTree(): Promise<readonly string[]> {
  await host.stop("SIGKILL");
  // The guard ends the runtime a moment after the process.
  await delay(500);
  const open = await readReserved({ stateDir, databaseId });
  host = await startRunHost({ providerUrl: fake.url, stateDir });
  return open;
}

/** A moment is long enough for the kill, and shorter than a runtime takes to start. */
const DYING_MS = 50;

async function killRuntime(): Promise<readonly string[]> {
  for (const pid of descendantsNamed(process.pid, "workerd")) process.kill(pid, "SIGKILL");
  await delay(DYING_MS);
  const open = readOpenCalls(stateDir);
  const isUp = async (): Promise<boolean> => {
    const answer = await fetch(`${host.url}/healthz`, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
    await answer?.body?.cancel();
    return answer?.ok === true;
  };
  while (!(await isUp())) await delay(100);
  return open;
}

/** Kills at random points; how many calls were booked and not yet settled at each: those may be made once more. */
async function killAgainAndAgain(): Promise<number> {
  const inFlight = new Set<string>();
  for (let at = 0; at < (kills ?? 0); at += 1) {
    await delay(between(600, 3_500));
    const open = await (values.kill === "tree" ? killTree() : killRuntime());
    for (const callId of open) inFlight.add(callId);
    console.log(`kill ${at + 1}: ${open.length} calls open, ${accepted.size} runs accepted`);
  }
  return inFlight.size;
}

async function countOpen(): Promise<number> {
  let open = 0;
  for (const id of accepted.values()) {
    const answer = await fetch(`${host.url}/api/runs/${id}`, { headers: headers() });
    const { data } = (await answer.json()) as { data: { status: string } };
    if (!["done", "failed", "canceled", "expired"].includes(data.status)) open += 1;
  }
  return open;
}

const [inFlight] = await Promise.all([killAgainAndAgain(), submitAll()]);
const restartedMs = Date.now();
let open = await countOpen();
while (open > 0 && Date.now() - restartedMs < (settleS ?? 0) * 1_000) {
  await delay(2_000);
  open = await countOpen();
}
const settledS = Math.round((Date.now() - restartedMs) / 1_000);
await host.stop();
const runIdOf = ({ body }: SeenCall): string =>
  accepted.get(/case-\d+-\d+-end/.exec(JSON.stringify(body))?.[0] ?? "") ?? "unknown";
const audit = await auditBooks({ stateDir, databaseId, accepted: [...accepted.values()], seen: fake.calls, runIdOf });
await host.remove();
await fake.close();
const isGood =
  audit.lost === 0 &&
  audit.settledTwice === 0 &&
  audit.callsMicroUsd === audit.bookedMicroUsd &&
  audit.reservedMicroUsd === 0 &&
  audit.unbooked === 0 &&
  audit.extra <= inFlight;
console.log(
  JSON.stringify({
    seed,
    kill: values.kill,
    kills,
    accepted: accepted.size,
    inFlight,
    seen: fake.calls.length,
    settledS,
    ...audit,
  }),
);
console.log(isGood ? "the books hold" : "THE BOOKS DO NOT HOLD");
process.exit(isGood ? 0 : 1);
