import { describe, expect, it } from "vitest";
import { fail, ok } from "../../shared/base/result.ts";
import { makeRecentMemo } from "./memo.ts";

const FAULT = fail({ kind: "unavailable", what: "made", detail: "made" });

describe("makeRecentMemo()", () => {
  it("loads once within its time, and again after it", async () => {
    const memo = makeRecentMemo<number>({ capacity: 2, ttlMs: 100 });
    let loads = 0;
    const load = async () => ok(++loads);
    const read = async (nowMs: number) => memo.recall("a", nowMs, load);
    expect([await read(0), await read(99), await read(100), await read(50)]).toEqual([ok(1), ok(1), ok(2), ok(3)]);
  });

  it("keeps no fault", async () => {
    const memo = makeRecentMemo<number>({ capacity: 2, ttlMs: 100 });
    expect(await memo.recall("a", 0, async () => FAULT)).toEqual(FAULT);
    expect(await memo.recall("a", 0, async () => ok(1))).toEqual(ok(1));
  });

  it("does not keep what was being read while it was forgotten", async () => {
    const memo = makeRecentMemo<number>({ capacity: 2, ttlMs: 100 });
    const stale = memo.recall("a", 0, async () => {
      memo.forget("a");
      return ok(1);
    });
    expect(await stale).toEqual(ok(1));
    expect(await memo.recall("a", 0, async () => ok(2))).toEqual(ok(2));
  });

  it("holds no more than it may", async () => {
    const memo = makeRecentMemo<string>({ capacity: 1, ttlMs: 100 });
    for (const key of ["a", "b"]) await memo.recall(key, 0, async () => ok(key));
    expect(await memo.recall("a", 0, async () => ok("again"))).toEqual(ok("again"));
  });
});
