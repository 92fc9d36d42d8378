import { expect, test } from "vitest";
import { oneFrom, type Random, toRandom } from "../policy/testing/random-catalog.ts";
import { type CallEnd, type Ledger, openBudget, raiseCap, reserve, settle, toRoom, toWarnings } from "./budget.ts";

const RUN = { kind: "run", runId: "r" } as const;
const KEY = { kind: "key", keyId: "k" } as const;
const DAY = { kind: "day", tenantId: "t", day: "2026-01-01" } as const;

const toLedger = (run: number, key = run, day = run): Ledger => ({
  budgets: [openBudget(RUN, run), openBudget(KEY, key), openBudget(DAY, day)],
  calls: new Map(),
});

/** The laws of the books, after every event. */
function expectLaws({ budgets, calls }: Ledger): void {
  const all = [...calls.values()];
  const cost = all.reduce((sum, call) => sum + call.settledMicroUsd + call.overrunMicroUsd, 0);
  const held = all.filter(({ state }) => state === "reserved").reduce((sum, call) => sum + call.reservedMicroUsd, 0);
  for (const { spentMicroUsd, overrunMicroUsd, reservedMicroUsd, capMicroUsd } of budgets) {
    expect(spentMicroUsd + overrunMicroUsd).toBe(cost);
    expect(reservedMicroUsd).toBe(held);
    expect(spentMicroUsd + reservedMicroUsd).toBeLessThanOrEqual(capMicroUsd);
  }
}

function randomEnd(random: Random): CallEnd {
  const kind = oneFrom(random, ["settled", "settled", "settled", "unknown", "released"] as const);
  return kind === "settled" ? { kind, microUsd: Math.floor(random() * 140) } : { kind };
}

test("the books hold after every event of 300 random runs: sum(calls) = spent + overrun, spent + reserved <= cap", () => {
  const random = toRandom(21);
  for (let n = 0; n < 300; n += 1) {
    let ledger = toLedger(500 + Math.floor(random() * 500), 800, 900);
    for (let k = 0; k < 60; k += 1) {
      const callId = `c${Math.floor(random() * 20)}`;
      if (random() < 0.6) {
        const before = ledger;
        const asked = reserve(ledger, { callId, microUsd: Math.floor(random() * 120) });
        if (asked.outcome === "reserved") ledger = asked.ledger;
        // Refused or repeated: not one scope moved.
        else expect(ledger).toBe(before);
      } else if (ledger.calls.has(callId)) {
        ledger = settle(ledger, callId, randomEnd(random));
        expect(settle(ledger, callId, randomEnd(random))).toBe(ledger);
      }
      expectLaws(ledger);
    }
    for (const callId of ledger.calls.keys()) ledger = settle(ledger, callId, { kind: "unknown" });
    expectLaws(ledger);
    expect(ledger.budgets.map(({ reservedMicroUsd }) => reservedMicroUsd)).toEqual([0, 0, 0]);
  }
});

test("settling in any order gives the same books", () => {
  const random = toRandom(22);
  let ledger = toLedger(1_000_000);
  const ends = Array.from({ length: 30 }, (_, i) => [`c${i}`, randomEnd(random)] as const);
  for (const [callId] of ends) {
    const asked = reserve(ledger, { callId, microUsd: 100 });
    if (asked.outcome === "reserved") ledger = asked.ledger;
  }
  const settled = (order: typeof ends) =>
    order.reduce((books, [callId, end]) => settle(books, callId, end), ledger).budgets;
  expect(settled(ends)).toEqual(settled([...ends].reverse()));
});

test("reserve() refuses under the first cap without room, and a call that is booked is not sent again", () => {
  const ledger = toLedger(1000, 50, 1000);
  expect(reserve(ledger, { callId: "a", microUsd: 51 })).toMatchObject({
    outcome: "refused",
    scope: KEY,
    roomMicroUsd: 50,
  });
  const first = reserve(ledger, { callId: "a", microUsd: 50 });
  if (first.outcome !== "reserved") throw new Error("there was room");
  expect(reserve(first.ledger, { callId: "a", microUsd: 1 }).outcome).toBe("repeated");
  expect(reserve(first.ledger, { callId: "b", microUsd: 1 }).outcome).toBe("refused");
  for (const bad of [-1, 0.5, Number.NaN, 2 ** 60])
    expect(() => reserve(ledger, { callId: "x", microUsd: bad })).toThrow(RangeError);
});

test("an overrun is booked apart, freezes the run's cap until it is raised, and takes room from the others", () => {
  const asked = reserve(toLedger(1000), { callId: "a", microUsd: 100 });
  if (asked.outcome !== "reserved") throw new Error("there was room");
  const ledger = settle(asked.ledger, "a", { kind: "settled", microUsd: 130 });
  const [run, key] = ledger.budgets;
  expect(run).toMatchObject({ spentMicroUsd: 100, overrunMicroUsd: 30, frozen: true });
  expect(key).toMatchObject({ frozen: false });
  expect(ledger.budgets.map(toRoom)).toEqual([0, 870, 870]);
  expect(reserve(ledger, { callId: "b", microUsd: 1 })).toMatchObject({ outcome: "refused", frozen: true });
  if (run === undefined) throw new Error("the run has a cap");
  expect(raiseCap(run, 1000)).toBeNull();
  expect(raiseCap(run, 2000)).toMatchObject({ capMicroUsd: 2000, frozen: false });
});

test("toWarnings() tells once at 70 and once at 85 percent", () => {
  const at = (spentMicroUsd: number) => ({ ...openBudget(RUN, 1000), spentMicroUsd });
  expect(toWarnings(at(0), at(699))).toEqual([]);
  expect(toWarnings(at(699), at(700))).toEqual([70]);
  expect(toWarnings(at(700), at(849))).toEqual([]);
  expect(toWarnings(at(100), at(900))).toEqual([70, 85]);
  expect(toWarnings(at(900), at(1000))).toEqual([]);
});
