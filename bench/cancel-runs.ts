import { setTimeout as delay } from "node:timers/promises";
import { toRandom } from "../shared/policy/testing/random-catalog.ts";
import { startRunHost } from "../tests/end-to-end/start-run-host.ts";
import { say, speak } from "../tests/fake-provider/speech.ts";
import { startFakeProvider } from "../tests/fake-provider/start-fake-provider.ts";
import { wait } from "../tests/fake-provider/timeline.ts";

/** Cancels runs at random times and looks at the provider's log: node bench/cancel-runs.ts [COUNT] */
const count = Number(process.argv[2] ?? 100);
const random = toRandom(7);
const fake = await startFakeProvider((call) => [wait(500 + Math.floor(random() * 3_000)), ...speak(say("late"), call)]);
const host = await startRunHost({ providerUrl: fake.url });
const headers = { authorization: `Bearer ${host.key}`, "content-type": "application/json" };

interface Told {
  readonly data: { readonly id: string; readonly status: string };
}
const ask = async (path: string, body?: object): Promise<Told> => {
  const request = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(`${host.url}${path}`, { headers, ...request });
  return (await answer.json()) as Told;
};

/** One run, canceled at a random time of its life; when the cancel was acknowledged. */
async function cancelOne(n: number): Promise<{ readonly marker: string; readonly ackMs: number; readonly id: string }> {
  const marker = `cancel-case-${n}-end`;
  const { data } = await ask("/api/runs", {
    task: `Fix the parser, ${marker}`,
    mode: n % 2 === 0 ? "single" : "collective",
  });
  await delay(Math.floor(random() * 4_000));
  await ask(`/api/runs/${data.id}/cancel`, {});
  return { marker, ackMs: Date.now(), id: data.id };
}

const canceled: Awaited<ReturnType<typeof cancelOne>>[] = [];
const next = { n: 0 };
await Promise.all(
  Array.from({ length: 8 }, async () => {
    for (let n = next.n++; n < count; n = next.n++) canceled.push(await cancelOne(n));
  }),
);
await delay(4_000);
const late: number[] = [];
const closing: number[] = [];
for (const call of fake.calls) {
  const body = JSON.stringify(call.body);
  const one = canceled.find(({ marker }) => body.includes(marker));
  if (one === undefined) continue;
  if (call.atMs > one.ackMs) late.push(call.atMs - one.ackMs);
  else if ((call.endedAtMs ?? Date.now()) > one.ackMs) closing.push((call.endedAtMs ?? Date.now()) - one.ackMs);
}
const states = await Promise.all(canceled.map(async ({ id }) => (await ask(`/api/runs/${id}`)).data.status));
const openStates = states.filter((state) => state !== "canceled" && state !== "done");
await host.stop();
await host.remove();
await fake.close();
const most = Math.max(0, ...closing);
console.log(
  JSON.stringify({
    count,
    calls: fake.calls.length,
    underWay: closing.length,
    socketClosedMostMs: most,
    startedAfterAck: late,
  }),
);
const isGood = late.every((ms) => ms <= 250) && most <= 2_000 && openStates.length === 0;
console.log(isGood ? "cancel holds" : `CANCEL DOES NOT HOLD ${openStates.join()}`);
process.exit(isGood ? 0 : 1);
