import { expect, test } from "vitest";
import type { ModelList } from "./bench-models.ts";
import type { BenchTask } from "./bench-task.ts";
import { toPool } from "./pool.ts";
import { MADE_MODELS, toMadePool } from "./testing/made-pool.ts";

const BROKEN = "claude-3-7-sonnet-20250219";

function toTasks(count: number, extra: readonly string[] = []): readonly BenchTask[] {
  return toMadePool(count, 5).tasks.map(({ id, prompt, runs }) => ({
    id,
    prompt,
    runs: new Map([
      ...MADE_MODELS.flatMap(({ name }, m) => (runs[m] === undefined ? [] : [[name, runs[m]] as const])),
      ...extra.map((name) => [name, { solved: 0, costUsd: 1 } as const] as const),
    ]),
  }));
}

const list = (over: Partial<ModelList> = {}): ModelList => ({ models: MADE_MODELS, flagged: [], ...over });

test("toPool() drops flagged, unnamed, idle and known broken models, each with its reason", () => {
  const idle = { name: "idle", theta: 0, se: 0.1, meanCostUsd: 1 };
  const models = [...MADE_MODELS.slice(1), idle, { ...idle, name: BROKEN }];
  const flagged = [{ name: "odd", reason: "flag of the file" }];
  const pool = toPool(toTasks(3, ["odd", BROKEN]), list({ models, flagged }));
  if (!pool.ok) throw new Error(JSON.stringify(pool.fault));
  expect(pool.value.models.map(({ name }) => name)).toEqual(MADE_MODELS.slice(1).map(({ name }) => name));
  expect(pool.value.dropped).toEqual([
    { name: "odd", reason: "flag of the file" },
    { name: BROKEN, reason: expect.stringContaining("10.2 %") },
    { name: "cheap", reason: "the models file does not name it" },
    { name: "idle", reason: "no task has a run of it" },
  ]);
  const made = toMadePool(3, 5);
  expect(pool.value.tasks.map(({ runs }) => runs)).toEqual(made.tasks.map(({ runs }) => runs.slice(1)));
});

test("toPool() without a models file rates on one half, scores the other, and leaves the broken column out", () => {
  const tasks = toTasks(401, [BROKEN]);
  const pool = toPool(tasks, null);
  if (!pool.ok) throw new Error(JSON.stringify(pool.fault));
  const { models, tasks: scored, dropped, abilitiesFrom } = pool.value;
  expect([scored.length, abilitiesFrom, dropped.map(({ name }) => name)]).toEqual([
    200,
    "other half of the tasks",
    [BROKEN],
  ]);
  for (const [m, { theta, se }] of models.entries())
    expect(Math.abs(theta - (MADE_MODELS[m]?.theta ?? 9))).toBeLessThan(4 * se);
  // Rated on the rest alone: the scored half's own shares differ from what the abilities were made of.
  const ids = new Set(scored.map(({ id }) => id));
  const rest = tasks.filter(({ id }) => !ids.has(id));
  const meanCost = rest.reduce((sum, { runs }) => sum + (runs.get("strong")?.costUsd ?? 0), 0) / rest.length;
  expect(models.find(({ name }) => name === "strong")?.meanCostUsd).toBeCloseTo(meanCost, 12);
});

test("toPool() says what it lacks", () => {
  const [one] = MADE_MODELS;
  const lone = toPool(toTasks(3), list({ models: one === undefined ? [] : [one] }));
  expect(lone).toMatchObject({ ok: false, fault: { detail: expect.stringContaining("share: cheap; expected two") } });
  const few = toPool(toTasks(19), null);
  expect(few).toMatchObject({ ok: false, fault: { detail: expect.stringContaining("--models FILE.json") } });
});
