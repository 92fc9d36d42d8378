import { setTimeout as delay } from "node:timers/promises";
import { startRunHost } from "../tests/end-to-end/start-run-host.ts";
import { echo, startFakeProvider } from "../tests/fake-provider/start-fake-provider.ts";
import { HANG } from "../tests/fake-provider/timeline.ts";

/**
 * What a batch that is held for its slowest message costs on this machine, beside one that is given back: the time of a run
 * with a provider that answers at once, and of a run beside calls that fall silent: node bench/batch-hold.ts [TIMES]
 */
const times = Number(process.argv[2] ?? 6);
/** Longer than the measurement, so that nothing is given back before all of it is done. */
const HOLDS = { held: "999999", givenBack: "100" } as const;
const PARTS = "Tidy the pager:\n1. Name its columns\n2. Sort its rows\n3. Describe both in the docs";
const RUNS = {
  single: { task: "Fix the off-by-one in the pager", mode: "single" },
  collective: { task: "Fix the off-by-one in the pager", mode: "collective", count: 3 },
  threeParts: { task: PARTS, mode: "plan" },
} as const;
const SILENT = "Fall silent";
const PATIENCE_MS = 30_000;
const POLL_MS = 20;

interface Told {
  readonly id: string;
  readonly status: string;
  readonly steps?: readonly { readonly state: string }[];
}

const fake = await startFakeProvider((call) => (JSON.stringify(call.body).includes(SILENT) ? [HANG] : echo(call)));

type Host = Awaited<ReturnType<typeof startRunHost>>;

async function ask(host: Host, path: string, body?: object): Promise<Told> {
  const headers = { authorization: `Bearer ${host.key}`, "content-type": "application/json" };
  const request = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(`${host.url}${path}`, { headers, ...request });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  const { data } = (await answer.json()) as { readonly data: Told };
  return data;
}

/** Seconds until a run is done; the states of its steps where it is not in time. */
async function timeRun(host: Host, body: object): Promise<number | string> {
  const startedMs = performance.now();
  const { id } = await ask(host, "/api/runs", body);
  for (;;) {
    const { status, steps = [] } = await ask(host, `/api/runs/${id}`);
    const tookMs = performance.now() - startedMs;
    if (status === "done") return Math.round(tookMs / 10) / 100;
    if (tookMs > PATIENCE_MS) {
      await ask(host, `/api/runs/${id}/cancel`, {});
      return `${steps.map(({ state }) => state).join(", ")} after ${PATIENCE_MS / 1_000} s`;
    }
    await delay(POLL_MS);
  }
}

const median = (values: readonly number[]): number | undefined =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];

async function timeAlone(host: Host): Promise<Record<string, unknown>> {
  const medians: Record<string, unknown> = {};
  for (const [name, body] of Object.entries(RUNS)) {
    const took: (number | string)[] = [];
    for (let n = 0; n < times; n += 1) took.push(await timeRun(host, body));
    const seconds = took.filter((one) => typeof one === "number");
    medians[name] = seconds.length === times ? median(seconds) : took;
  }
  return medians;
}

const silentCalls = () => fake.calls.filter(({ endedAtMs }) => endedAtMs === null).length;

/** Whether so many calls are silent before long; a held queue may hand out no more of them. */
async function hasSilent(count: number): Promise<boolean> {
  for (const startedMs = performance.now(); performance.now() - startedMs < PATIENCE_MS; await delay(POLL_MS))
    if (silentCalls() === count) return true;
  return false;
}

interface Beside {
  readonly silentCalls: number;
  readonly collectiveOfTwo: number | string;
}

/** A collective of two beside silent calls that nobody cancels while it lasts. */
async function timeBeside(host: Host, count: number): Promise<Beside> {
  const silent = await Promise.all(
    Array.from({ length: count }, (_, n) => ask(host, "/api/runs", { task: `${SILENT} ${n}`, mode: "single" })),
  );
  await hasSilent(count);
  const beside = { silentCalls: silentCalls(), collectiveOfTwo: await timeRun(host, { ...RUNS.collective, count: 2 }) };
  await Promise.all(silent.map(({ id }) => ask(host, `/api/runs/${id}/cancel`, {})));
  if (!(await hasSilent(0))) throw new Error("canceled calls do not end");
  return beside;
}

for (const [name, BATCH_HOLD_MS] of Object.entries(HOLDS)) {
  // No sweep sends a step again meanwhile: a run goes on by its own messages or not at all.
  const host = await startRunHost({ providerUrl: fake.url, env: { BATCH_HOLD_MS, STALE_AFTER_MS: "999999" } });
  const medianS = await timeAlone(host);
  const beside = [await timeBeside(host, 1), await timeBeside(host, 5)];
  console.log(JSON.stringify({ batch: name, medianS, beside }));
  await host.remove();
}
await fake.close();
process.exit(0);
