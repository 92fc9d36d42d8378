import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LoopEnd, runActionLoop } from "../tests/end-to-end/action-loop.ts";
import { startTestHost, type TestHost } from "../tests/end-to-end/start-test-host.ts";
import { runMain } from "./host/usage-error.ts";

const ISSUE = {
  title: "The pager shows one page too many",
  body: "With 30 items and 10 a page it shows 4 pages. Fix the off-by-one and add a test.",
  author_association: "OWNER",
};

interface Play {
  readonly name: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly solves: (attempt: number) => boolean;
  /** How it has to end. */
  readonly result: string;
}

const toUsd = (text: string | undefined): string =>
  text === undefined || text === "" ? "" : `${Number(text) < 0 ? "-" : ""}$${Math.abs(Number(text)).toFixed(3)}`;

/** Says what a step printed, without the line by which the runner is told to mask the key. */
function say(step: string, text: string): void {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("::add-mask::"));
  for (const line of lines) console.log(`  ${step.padEnd(8)}${line}`);
}

function toRow({ name, result }: Play, { route, verdicts, models }: LoopEnd) {
  const last = verdicts.at(-1)?.outputs ?? {};
  const saved = Number(last["strongest-usd"]) - Number(last["attempts-usd"]);
  return {
    loop: name,
    attempts: models.length,
    ended: `${last.result ?? "?"}${last["ended-by"] ? ` (${last["ended-by"]})` : ""}`,
    "first attempt": toUsd(route.outputs["expected-usd"]),
    "all attempts": toUsd(last["attempts-usd"]),
    "strongest at once": toUsd(last["strongest-usd"]),
    saved: last.result === "accepted" ? toUsd(String(saved)) : "",
    ok: last.result === result,
  };
}

async function playAll({ url, key }: TestHost, home: string) {
  const play = async (one: Play, number: number) => {
    console.log(`\n${one.name}`);
    const payload = { action: "labeled", issue: { number, ...ISSUE }, repository: { full_name: "acme/shop" } };
    const job = { home: join(home, String(number)), repository: "acme/shop", runId: "1", eventName: "issues", payload };
    const inputs = { routeInputs: one.inputs, solves: one.solves, onStep: say };
    const end = await runActionLoop({ job, apiUrl: url, apiKey: key ?? "", ...inputs });
    return { end, row: toRow(one, end) };
  };
  const passes = { name: "The first model's work passes", inputs: {}, solves: () => true, result: "accepted" };
  const first = await play(passes, 1);
  const fails = { name: "It fails, the next model's passes", inputs: { verifier: "external" }, result: "accepted" };
  const second = await play({ ...fails, solves: (at) => at > 0 }, 2);
  // No more than the first attempt is expected to cost.
  const limit = first.end.route.outputs["expected-usd"] ?? "";
  const name = `It fails, and max-usd ${limit} forbids another`;
  const third = await play({ name, inputs: { "max-usd": limit }, solves: () => false, result: "exhausted" }, 3);
  return [first.row, second.row, third.row];
}

/** `npm run demo:action`: the documented workflow here, with a scripted agent and real checks. Status 1 if a loop ends otherwise. */
await runMain(async () => {
  const home = mkdtempSync(join(tmpdir(), "spawnpoint-demo-action-"));
  console.log(
    "No agent and no model works here: a script edits a file, right or wrong. Decisions and verdicts are the product's own.",
  );
  let host: TestHost | undefined;
  try {
    console.log("Starting the local host with a fresh state ...");
    host = await startTestHost();
    const rows = await playAll(host, home);
    console.log("\nWhat was expected at the kickoff, not a bill");
    console.table(rows);
    process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;
  } finally {
    await host?.remove();
    rmSync(home, { recursive: true, force: true });
  }
});
