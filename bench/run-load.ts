import { setTimeout as delay } from "node:timers/promises";
import { startRunHost } from "../tests/end-to-end/start-run-host.ts";
import { say, speak } from "../tests/fake-provider/speech.ts";
import { startFakeProvider } from "../tests/fake-provider/start-fake-provider.ts";

/**
 * Single runs a second through the local host with a provider that answers at once, round after round in one database,
 * so that growth with what is stored shows: node bench/run-load.ts [RUNS] [ROUNDS]
 */
const [runs, rounds] = [Number(process.argv[2] ?? 100), Number(process.argv[3] ?? 3)];
const fake = await startFakeProvider((call) => speak(say("at once"), call));
const host = await startRunHost({ providerUrl: fake.url });
const headers = { authorization: `Bearer ${host.key}`, "content-type": "application/json" };

async function submit(): Promise<string> {
  const body = JSON.stringify({ task: "Fix the off-by-one in the pager", mode: "single" });
  const answer = await fetch(`${host.url}/api/runs`, { method: "POST", headers, body });
  const { data } = (await answer.json()) as { readonly data: { readonly id: string } };
  return data.id;
}

const isDone = async (id: string): Promise<boolean> => {
  const answer = await fetch(`${host.url}/api/runs/${id}`, { headers });
  const { data } = (await answer.json()) as { readonly data: { readonly status: string } };
  return data.status === "done";
};

async function inParallel<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const next = { at: 0 };
  const work = async (): Promise<void> => {
    for (let at = next.at++; at < items.length; at = next.at++) {
      const item = items[at];
      if (item !== undefined) results.push(await act(item));
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return results;
}

for (let round = 1; round <= rounds; round += 1) {
  const startedMs = performance.now();
  const ids = await inParallel(
    Array.from({ length: runs }, (_, i) => i),
    submit,
  );
  const acceptedMs = performance.now() - startedMs;
  let open: readonly string[] = ids;
  while (open.length > 0) {
    const done = await inParallel(open, async (id) => ({ id, done: await isDone(id) }));
    open = done.filter((one) => !one.done).map(({ id }) => id);
    if (open.length > 0) await delay(100);
  }
  const doneMs = performance.now() - startedMs;
  const perSecond = (ms: number): number => Math.round((runs / ms) * 10_000) / 10;
  console.log(JSON.stringify({ round, runs, acceptedPerS: perSecond(acceptedMs), donePerS: perSecond(doneMs) }));
}
await host.stop();
await host.remove();
await fake.close();
process.exit(0);
