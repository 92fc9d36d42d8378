/**
 * POST /api/decompose and /api/swarm of 20 parts: what they cost besides classification.
 * Run: node bench/decompose.ts [calls]. First the plan alone over 500 models in this process (CPU), then both doors
 * through the local host over the catalogue that ships, beside POST /api/classify of the same 20 parts (wall clock).
 */
import { quantile } from "../shared/base/stats.ts";
import { PLAIN_REQUEST } from "../shared/policy/decision.ts";
import { toInput } from "../shared/policy/testing/made-input.ts";
import { randomCatalog, toRandom } from "../shared/policy/testing/random-catalog.ts";
import { randomClassification } from "../shared/policy/testing/random-input.ts";
import { splitTask } from "../shared/prompt/splitter.ts";
import { toWaves } from "../shared/run/plan/dag.ts";
import { decompose } from "../shared/run/plan/decompose.ts";
import { startTestHost } from "../tests/end-to-end/start-test-host.ts";

const MODELS = 500;
const WARM_UP = 20;
const LIMIT_MS = 50;
const WORK = [
  "Design the tables of the booking service",
  "Create the bookings table and its migration",
  "Implement the REST API for bookings",
  "Add login with a magic link",
  "Build the calendar page",
  "Build the settings page",
  "Write integration tests for the API",
  "Write Playwright tests for the calendar page",
  "Document the API in the README",
  "Deploy everything to staging",
];
const ITEMS = [...WORK, ...WORK.map((item) => `${item} of the second tenant`)];
const TASK = `Build a booking service for dentists:\n${ITEMS.map((item, i) => `${i + 1}. ${item}`).join("\n")}\n\nUse TypeScript.`;

const toText = (times: readonly number[]): string =>
  `median ${quantile(times, 0.5).toFixed(2)} ms  p99 ${quantile(times, 0.99).toFixed(2)} ms`;

/** CPU of splitting, deciding, linking and waves; classifications are given. */
function measurePlan(calls: number): readonly number[] {
  const random = toRandom(3);
  const { classification: _c, outcomes: _o, ...world } = toInput([]);
  const catalog = randomCatalog(random, MODELS);
  const classifications = ITEMS.map(() => randomClassification(random));
  const times: number[] = [];
  for (let n = 0; n < calls + WARM_UP; n += 1) {
    const before = process.cpuUsage();
    const plan = decompose(splitTask(TASK), classifications, {
      ...world,
      catalog,
      request: PLAIN_REQUEST,
      outcomes: [],
    });
    toWaves(plan.parts.length, plan.edges, 5);
    const { user, system } = process.cpuUsage(before);
    if (n >= WARM_UP) times.push((user + system) / 1_000);
  }
  return times;
}

async function measureDoors(calls: number): Promise<void> {
  const host = await startTestHost({ env: { RATE_LIMIT_PER_MINUTE: "off" } });
  const post = async (path: string, body: unknown): Promise<number> => {
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const startMs = performance.now();
    const response = await fetch(`${host.url}${path}`, init);
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return performance.now() - startMs;
  };
  try {
    const doors: readonly (readonly [string, unknown])[] = [
      [
        "/api/classify",
        { tasks: ITEMS.map((item) => `${item}\n\nBuild a booking service for dentists:\n\nUse TypeScript.`) },
      ],
      ["/api/decompose", { task: TASK }],
      ["/api/swarm", { task: TASK }],
    ];
    const times = doors.map((): number[] => []);
    // In turn, so that a busy moment of the machine meets all three.
    for (let n = 0; n < calls + 5; n += 1)
      for (const [i, [path, body]] of doors.entries()) {
        const ms = await post(path, body);
        if (n >= 5) times[i]?.push(ms);
      }
    const [classify = 0, ...rest] = times.map((list) => quantile(list, 0.5));
    for (const [i, [path]] of doors.entries()) console.log(`  ${path.padEnd(16)} ${toText(times[i] ?? [])}`);
    for (const [i, ms] of rest.entries())
      console.log(
        `  ${doors[i + 1]?.[0]} besides classification: ${(ms - classify).toFixed(1)} ms (limit ${LIMIT_MS})`,
      );
  } finally {
    await host.stop();
  }
}

const calls = Number(process.argv[2] ?? 60);
console.log(`decompose: 20 parts, ${calls} calls`);
console.log(`  plan alone over ${MODELS} models, CPU: ${toText(measurePlan(calls))}`);
await measureDoors(calls);
