import { expect, test } from "vitest";
import { makeWorld } from "../tests/fake-sources/memory-world.ts";
import { collectSources } from "../workers/enricher/collect-sources.ts";
import { hfOpenLlmPlan } from "../workers/enricher/hf-open-llm-plan.ts";
import { bodyKey } from "../workers/enricher/kept-body.ts";
import { type BoardFile, type ImportTarget, importBoard, readBoard } from "./import-hf-open-llm.ts";

const encode = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(new TextEncoder().encode(text));
const row = (fullname: string, score: number) => ({
  row: { fullname, IFEval: score, BBH: 1, "MATH Lvl 5": 1, GPQA: 1, MUSR: 1, "MMLU-PRO": 1 },
  truncated_cells: [],
});
const page = (name: string, ...rows: readonly object[]): BoardFile => ({
  name,
  bytes: encode(JSON.stringify({ rows, num_rows_total: 3 })),
});
const PAGES = [page("0.json", row("a/one", 10), row("a/two", 20)), page("100.json", row("a/three", 30))];

function makeTarget(world: ReturnType<typeof makeWorld>): ImportTarget {
  return {
    saveBody: ({ key, bytes }) => world.deps.saveBody({ sha256: key.slice(bodyKey("").length), bytes }),
    saveState: (state) => world.deps.saveSuccess(state),
  };
}

test("importBoard() keeps what every later refresh reads, without asking the board", async () => {
  const world = makeWorld();
  const collect = async () => {
    const answer = await collectSources([hfOpenLlmPlan()], {
      ...world.deps,
      fetch: () => Promise.reject(new Error("asked")),
    });
    return answer.ok ? answer.value[0] : undefined;
  };
  expect(await collect()).toMatchObject({ state: "off", ageMs: null, rows: { scores: [] } });
  const done = await importBoard(
    { bodies: await readBoard(PAGES), atMs: world.clock.nowMs - 5_000 },
    makeTarget(world),
  );
  expect(done).toEqual({ scores: 18, rejected: 0 });
  const found = await collect();
  expect([found?.state, found?.off, found?.ageMs, found?.release]).toEqual([
    "off",
    "retired; not scheduled",
    5_000,
    "2025-03",
  ]);
  expect(new Set(found?.rows.scores.map(({ name }) => name))).toEqual(new Set(["a/one", "a/two", "a/three"]));
  world.bodies.clear();
  expect(await collect()).toMatchObject({ state: "failed", fault: { kind: "malformed_data" } });
});

test("importBoard() keeps nothing of files that the adapter refuses", async () => {
  const world = makeWorld();
  const broken = { name: "100.json", bytes: encode("<html>") };
  const mixed = { name: "board.csv", bytes: encode("fullname") };
  for (const file of [broken, mixed]) {
    const bodies = await readBoard([...PAGES, file]);
    await expect(importBoard({ bodies, atMs: 1 }, makeTarget(world))).rejects.toThrow("Cannot import the board");
  }
  expect([world.bodies.size, world.states.size]).toEqual([0, 0]);
});
