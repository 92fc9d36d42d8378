/**
 * CPU time of decide() for 500 models, with and without a search for a cascade.
 * Run: node bench/decide-speed.ts [calls]. Process CPU, so a busy machine counts less than on a wall clock.
 */
import { quantile } from "../shared/base/stats.ts";
import { decide } from "../shared/policy/decide.ts";
import type { DecideInput, VerifierQuality } from "../shared/policy/decision.ts";
import { toInput, toTask } from "../shared/policy/testing/made-input.ts";
import { randomCatalog, toRandom } from "../shared/policy/testing/random-catalog.ts";
import { randomClassification, randomOutcomes } from "../shared/policy/testing/random-input.ts";

const MODELS = 500;
const WARM_UP_CALLS = 500;
const JUDGE: VerifierQuality = { kind: "judge", j: 0.7, jLower: 0.6, microUsdPerVerdict: 20_000 };

/** Inputs of 500 linked models each, every one a candidate for at least the filters before it. */
function toInputs(verifier: VerifierQuality | null): readonly DecideInput[] {
  const random = toRandom(3);
  return Array.from({ length: 20 }, () => {
    const catalog = randomCatalog(random, MODELS);
    const classification = randomClassification(random);
    const outcomes = randomOutcomes(random, catalog);
    return { ...toInput([], {}, { classification, outcomes, verifier }), catalog };
  });
}

/** CPU milliseconds (user and system) of each of `calls` decisions. */
function measure(inputs: readonly DecideInput[], calls: number): readonly number[] {
  const times: number[] = [];
  for (let n = 0; n < calls + WARM_UP_CALLS; n += 1) {
    const input = inputs[n % inputs.length];
    if (input === undefined) throw new Error("no inputs");
    const before = process.cpuUsage();
    const decided = decide(input);
    const spent = process.cpuUsage(before);
    if (!decided.ok) throw new Error(JSON.stringify(decided.fault));
    if (n >= WARM_UP_CALLS) times.push((spent.user + spent.system) / 1000);
  }
  return times;
}

/** Inputs whose floor is off: the most candidates that the later stages can meet. */
function withoutFloor(inputs: readonly DecideInput[]): readonly DecideInput[] {
  const classification = toTask({});
  return inputs.map((input) => ({ ...input, classification }));
}

const calls = Number(process.argv[2] ?? 2000);
const cases: readonly (readonly [string, readonly DecideInput[]])[] = [
  ["mixed tasks", toInputs(null)],
  ["mixed tasks, cascade search", toInputs(JUDGE)],
  ["no floor", withoutFloor(toInputs(null))],
  ["no floor, cascade search", withoutFloor(toInputs(JUDGE))],
];
console.log(`decide() over ${MODELS} models, ${calls} calls, CPU ms`);
for (const [name, inputs] of cases) {
  const times = measure(inputs, calls);
  const [median, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
  console.log(`${name.padEnd(28)} median ${median.toFixed(3)}  p99 ${p99.toFixed(3)}`);
}
