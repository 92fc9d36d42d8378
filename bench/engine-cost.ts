import { parseArgs } from "node:util";
import { startEngine } from "../tests/end-to-end/start-engine.ts";
import { LOAD_OPS, type LoadBody, type LoadOp } from "../workers/executor/testing/load-ops.ts";
import { descendantsNamed, processCpuMs } from "./process-cpu.ts";

/**
 * What the engine costs beside the models: CPU of the runtime, statements and round trips a step; and how each operation
 * grows with the runs that are stored: node bench/engine-cost.ts [--times 20] [--most 10000]
 */
const { values } = parseArgs({
  options: { times: { type: "string", default: "20" }, most: { type: "string", default: "10000" } },
});
const [times, most] = [Number(values.times), Number(values.most)];
if (![times, most].every((value) => Number.isInteger(value) && value > 0)) throw new Error("whole numbers expected");
/** Flat means that a thousand times the rows cost less than this many times the CPU; an index adds a little a level. */
const GROWTH_MOST = 2;
const ROWS = [10, 1_000, 10_000].filter((rows) => rows <= most);
const ROUNDS = 3;
const STEPS: Readonly<Partial<Record<LoadOp, number>>> = { single: 1, collective: 4 };

const engine = await startEngine("executor/testing/load-door.ts");
const [pid] = descendantsNamed(process.pid, "workerd");
if (pid === undefined) throw new Error("no runtime to measure");

async function ask(body: LoadBody): Promise<{ readonly statements: number; readonly trips: number }> {
  const answer = await fetch(engine.url, { method: "POST", body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text.slice(0, 2_000));
  return JSON.parse(text);
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** The least of three rounds: what else the machine does only adds. */
async function measure(op: LoadOp) {
  await ask({ op, times: 5, isCounted: false });
  let least = { cpuMs: Number.POSITIVE_INFINITY, wallMs: Number.POSITIVE_INFINITY };
  for (let n = 0; n < ROUNDS; n += 1) {
    const [startedMs, cpuMs] = [performance.now(), processCpuMs(pid ?? 0)];
    await ask({ op, times, isCounted: false });
    const cpu = (processCpuMs(pid ?? 0) - cpuMs) / times;
    least = {
      cpuMs: Math.min(least.cpuMs, cpu),
      wallMs: Math.min(least.wallMs, (performance.now() - startedMs) / times),
    };
  }
  return least;
}

const first = new Map<LoadOp, number>();
const grown: string[] = [];
let stored = 0;
for (const rows of ROWS) {
  for (; stored < rows; stored = Math.min(rows, stored + 2_000))
    await ask({ op: "seed", from: stored + 1, to: Math.min(rows, stored + 2_000) });
  for (const op of LOAD_OPS) {
    const { cpuMs, wallMs } = await measure(op);
    const before = first.get(op) ?? cpuMs;
    first.set(op, before);
    const ratio = round(cpuMs / before);
    if (ratio > GROWTH_MOST) grown.push(`${op} at ${rows}: ${ratio}`);
    console.log(JSON.stringify({ rows, op, cpuMs: round(cpuMs), wallMs: round(wallMs), cpuRatio: ratio }));
  }
}
const accept = await ask({ op: "accept", times: 1, isCounted: true });
console.log(JSON.stringify({ op: "accept", ...accept }));
const acceptCpu = (await measure("accept")).cpuMs;
for (const [op, steps] of Object.entries(STEPS) as [LoadOp, number][]) {
  const whole = await ask({ op, times: 1, isCounted: true });
  const { cpuMs } = await measure(op);
  const perStep = {
    statements: round((whole.statements - accept.statements) / steps),
    trips: round((whole.trips - accept.trips) / steps),
    cpuMs: round((cpuMs - acceptCpu) / steps),
  };
  console.log(JSON.stringify({ op, steps, whole, perStep }));
}
await engine.stop();
console.log(grown.length === 0 ? "flat" : `GROWS WITH WHAT IS STORED: ${grown.join("; ")}`);
process.exit(grown.length === 0 ? 0 : 1);
