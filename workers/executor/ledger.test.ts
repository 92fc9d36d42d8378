import { beforeAll, expect, test } from "vitest";
import { oneFrom, toRandom } from "../../shared/policy/testing/random-catalog.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { type Books, checkStep, readBooks } from "./testing/ledger-books.ts";
import { type Moved, moveOnce, scopesOf, type World } from "./testing/ledger-moves.ts";
import { makeExecutor } from "./testing/made-executor.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

/** The same each time: together they meet every kind of move; the last three a thaw without a raise, as few walks do. */
const SEEDS = [...Array.from({ length: 48 }, (_, i) => 1_000 + i), 1_056, 1_068, 1_075];
const MOVES = 20;
/** A usual call, in micro-dollars: next to nothing, cents (twice as often), and a million dollars. */
const SCALES = [3, 20_000, 20_000, 1_000_000_000_000];

const MET = [
  ...["reserve: reserved", "reserve: refused", "reserve: lost", "settle", "settle late", "settle again"],
  ...["claim: claimed", "cancel", "resume", "sweep"],
];

const NOTHING: Books = { budgets: new Map(), calls: new Map(), warnings: new Map() };

/** Faults of what a reservation was told, against the books before and after it. */
function checkReserve({ reserve }: Moved, before: Books, after: Books): readonly string[] {
  if (reserve === undefined) return [];
  const { holder, microUsd, told } = reserve;
  const callId = `${holder.runId}/${holder.stepId}/${holder.attempt}`;
  const booked = [...after.calls.values()].filter(({ callId: id }) => !before.calls.has(id));
  if (told.kind !== "reserved") return booked.length === 0 ? [] : [`${told.kind}, and ${callId} was booked`];
  const isOwn = booked.length === 1 && booked[0]?.token === holder.token && booked[0].reserved === microUsd;
  return isOwn ? [] : [`${callId} was granted, and its books are not of that holder`];
}

/** Random moves of one tenant, with a look at the books after each; how often each kind of move was made. */
async function play(seed: number, made: Map<string, number>): Promise<void> {
  const random = toRandom(seed);
  const tenantId = `t_${seed}`;
  const executor = makeExecutor(db, () => "nobody is asked");
  const world: World = {
    ...{ db, random, executor, tenantId, keyIds: [`key_${seed}_a`, `key_${seed}_b`], scale: oneFrom(random, SCALES) },
    ...{
      runs: [],
      steps: new Map<string, readonly string[]>(),
      over: new Set<string>(),
      days: new Set<string>(),
      holders: [],
      policy: { keyCapMicroUsd: null, dayCapMicroUsd: null },
    },
  };
  const path: string[] = [];
  let before = NOTHING;
  for (let n = 0; n < MOVES; n += 1) {
    const moved = await moveOnce(world);
    path.push(moved.kind);
    made.set(moved.kind, (made.get(moved.kind) ?? 0) + 1);
    const after = await readBooks(world.runs, scopesOf(world));
    const faults = [...checkStep(before, after, moved.setsCaps), ...checkReserve(moved, before, after)];
    expect(faults, `seed ${seed}: ${path.join(", ")}`).toEqual([]);
    before = after;
  }
}

test("the books hold after every move of random runs", async () => {
  const made = new Map<string, number>();
  for (const seed of SEEDS) await play(seed, made);
  // A walk that never meets one of these would prove nothing of it.
  for (const kind of MET) expect(made.get(kind) ?? 0, kind).toBeGreaterThan(0);
});
