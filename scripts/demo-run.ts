import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEventBody } from "../shared/contract/run-answers.ts";
import { startRunHost } from "../tests/end-to-end/start-run-host.ts";
import type { TestHost } from "../tests/end-to-end/start-test-host.ts";
import { type FakeProvider, startFakeProvider } from "../tests/fake-provider/start-fake-provider.ts";
import { type DemoHost, type FollowedRun, followRun } from "./demo/follow-run.ts";
import { scriptedAnswer } from "./demo/scripted-answer.ts";
import { DEFAULT_TENANT } from "./host/development-key.ts";
import { findOwner, sendToOwner } from "./host/host-lock.ts";
import type { KeyAnswer } from "./host/key-commands.ts";
import { runMain, UsageError } from "./host/usage-error.ts";

const PARTS = "1. Write the parser for the CSV export\n2. Write its tests\n3. Document the format in the README";
const RUNS = [
  { mode: "single", task: "Rotate the JWT signing keys in production" },
  { mode: "collective", task: "Fix the off-by-one in the pager" },
  { mode: "cascade", task: "Fix the off-by-one in the pager" },
  { mode: "plan", task: PARTS },
  { mode: "swarm", task: PARTS },
  {
    mode: "swarm",
    task: "Write a CSV export with its parser, show its rows in a table, and test both",
    planner: "llm",
  },
] as const;
const RESULT_LINES = 2;
const MICRO = 1e6;

/** One run of each mode on a host of its own, whose only provider is a script: `npm run demo:run`. Status 1 if one fails. */
await runMain(async () => {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const)
    process.once(name, () => stop.abort(new UsageError("Stopped before the end.")));
  const stateDir = mkdtempSync(join(tmpdir(), "spawnpoint-demo-"));
  console.log(
    "No model answers here: every answer, token count and cost comes from a scripted provider on this machine.",
  );
  const provider = await startFakeProvider(scriptedAnswer);
  let host: TestHost | undefined;
  try {
    console.log("Starting the local host with a fresh state ...");
    host = await startRunHost({ providerUrl: provider.url, stateDir });
    const rows = await runAll({ host: await toDemoHost(host, stop.signal), provider });
    console.log("\nAll runs (scripted provider)");
    console.table(rows);
    process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    await stopHost(host, stateDir);
    await provider.close();
    rmSync(stateDir, { recursive: true, force: true });
    console.log("Host and provider have stopped; their state is removed.");
  }
});

/** A host that never said it was ready has no handle: it is found by the state folder that it took. */
async function stopHost(host: TestHost | undefined, stateDir: string): Promise<void> {
  if (host !== undefined) return host.remove();
  const owner = await findOwner(stateDir);
  if (owner !== undefined) process.kill(owner.pid);
}

async function toDemoHost({ url, key, stateDir }: TestHost, signal: AbortSignal): Promise<DemoHost> {
  const owner = await findOwner(stateDir);
  if (key === null || owner === undefined) throw new Error("a started host has printed a key and owns its state");
  const command = { op: "create", tenantId: DEFAULT_TENANT, name: "approver", scopes: ["approve"] };
  // Our own host answers with what answerKeyCommand() returned.
  const made = (await sendToOwner(owner, command)) as KeyAnswer;
  if (made.key === undefined) throw new Error("a made key is answered with its text");
  return { url, key, approverKey: made.key, signal };
}

interface Row {
  readonly mode: string;
  readonly status: string;
  readonly steps: string;
  readonly calls: number;
  readonly "cost USD": string;
  readonly seconds: string;
  readonly seen: string;
  readonly ok: boolean;
}

async function runAll({ host, provider }: { host: DemoHost; provider: FakeProvider }): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const request of RUNS) {
    const planner = "planner" in request ? `, planned by ${request.planner}` : "";
    console.log(`\n${request.mode}${planner}: ${request.task.replaceAll("\n", " ")}`);
    const before = provider.calls.length;
    const startedMs = performance.now();
    const followed = await followRun(host, request);
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
    const lines = (followed.result.output ?? "(none)").split("\n").slice(0, RESULT_LINES);
    console.log(
      `  result of ${followed.result.result_from.join(", ")}:\n${lines.map((line) => `    ${line}`).join("\n")}`,
    );
    rows.push({ ...toRow(followed, provider.calls.length - before), seconds });
  }
  return rows;
}

/** Prints the ledger, and holds it beside the run's own sum and the requests that the provider saw. */
function toRow({ run, result, events, wasApproved }: FollowedRun, seenCalls: number): Omit<Row, "seconds"> {
  const settled = events.filter(({ type }) => type === "call_settled");
  console.log("  ledger:");
  for (const { step_id, detail } of settled) {
    const usd = `$${(microUsdOf(detail) / MICRO).toFixed(6)}`;
    console.log(
      `    ${String(step_id).padEnd(9)} ${usd}  ${detail.model}${detail.failure === null ? "" : `  ${detail.failure}`}`,
    );
  }
  const booked = settled.reduce((sum, { detail }) => sum + microUsdOf(detail), 0);
  const { spent_usd, overrun_usd, reserved_usd, cap_usd } = run.cost;
  const holds =
    booked === Math.round((spent_usd + overrun_usd) * MICRO) && reserved_usd === 0 && settled.length === seenCalls;
  console.log(`    sum       $${(booked / MICRO).toFixed(6)}  of a cap of $${cap_usd}; reserved now $${reserved_usd}`);
  if (!holds) console.log(`    THE LEDGER DOES NOT HOLD: spent $${spent_usd}, ${seenCalls} requests at the provider`);
  return {
    ...{ mode: run.mode, status: run.status, calls: settled.length, "cost USD": (booked / MICRO).toFixed(6) },
    steps: `${run.progress.done} done, ${run.progress.skipped} skipped`,
    seen: whatWasSeen(run.steps, wasApproved),
    ok: run.status === "done" && result.complete === true && holds,
  };
}

function microUsdOf({ microUsd }: RunEventBody["detail"]): number {
  if (typeof microUsd !== "number") throw new Error("a settled call has its cost");
  return microUsd;
}

function whatWasSeen(steps: FollowedRun["run"]["steps"], wasApproved: boolean): string {
  const done = steps.filter(({ state }) => state === "done");
  const escalations = done.filter(({ finding }) => finding?.escalate === true).length;
  const isPlanned = done.some(({ kind }) => kind === "plan");
  const merged = done.find(({ kind }) => kind === "merge")?.depends_on.length ?? 0;
  return [
    ...(wasApproved ? ["approved by another key"] : []),
    ...(isPlanned ? ["planned by a model"] : []),
    ...(escalations > 0 ? [`escalated ${escalations}x`] : []),
    ...(merged > 0 ? [`${merged} answers merged`] : []),
  ].join(", ");
}
