import { describe, expect, it } from "vitest";
import type { Result } from "../../../shared/base/result.ts";
import { fail, ok } from "../../../shared/base/result.ts";
import { GIVE_UP_AFTER_MS, makeLazyModel, RETRY_AFTER_MS } from "./lazy-model.ts";

const broken = fail({ kind: "unavailable", what: "model file", detail: "gone" });

/** A clock that tests move and a load whose answers they queue. */
function makeWorld(answers: readonly (() => Promise<Result<string>>)[]) {
  const world = { now: 1000, loads: 0 };
  const deps = {
    nowMs: () => world.now,
    load: () => {
      const answer = answers[world.loads++];
      return answer === undefined ? Promise.reject(new Error("no more answers")) : answer();
    },
  };
  return { world, deps };
}

describe("makeLazyModel()", () => {
  it("loads once when many ask at the same time, and never again when it stands", async () => {
    const { world, deps } = makeWorld([async () => ok("model")]);
    const lazy = makeLazyModel<string>();
    expect(lazy.state()).toEqual({ kind: "absent" });
    const all = await Promise.all(Array.from({ length: 20 }, () => lazy.get(deps)));
    expect(all.every((result) => result.ok && result.value === "model")).toBe(true);
    expect((await lazy.get(deps)).ok).toBe(true);
    expect(world.loads).toBe(1);
  });

  it("remembers a failure until the retry time and then tries again", async () => {
    const { world, deps } = makeWorld([async () => broken, async () => ok("model")]);
    const lazy = makeLazyModel<string>();
    expect(await lazy.get(deps)).toEqual(broken);
    world.now += RETRY_AFTER_MS - 1;
    expect(await lazy.get(deps)).toEqual(broken);
    expect(world.loads).toBe(1);
    world.now += 1;
    expect(await lazy.get(deps)).toEqual(ok("model"));
  });

  it("turns a load that throws into a remembered fault", async () => {
    const lazy = makeLazyModel<string>();
    const result = await lazy.get(makeWorld([]).deps);
    expect(result).toMatchObject({ ok: false, fault: { kind: "unavailable", detail: "no more answers" } });
    expect(lazy.state().kind).toBe("failed");
  });

  it("starts anew when a load never settles", async () => {
    const { world, deps } = makeWorld([() => new Promise(() => {}), async () => ok("model")]);
    const lazy = makeLazyModel<string>();
    void lazy.get(deps);
    world.now += GIVE_UP_AFTER_MS;
    expect(await lazy.get(deps)).toEqual(ok("model"));
  });

  it("keeps the value when a load that was given up fails late", async () => {
    let failLate = (_: Result<string>): void => {};
    const late = new Promise<Result<string>>((resolve) => {
      failLate = resolve;
    });
    const { world, deps } = makeWorld([() => late, async () => ok("model")]);
    const lazy = makeLazyModel<string>();
    const first = lazy.get(deps);
    world.now += GIVE_UP_AFTER_MS;
    await lazy.get(deps);
    failLate(broken);
    await first;
    expect(lazy.state()).toEqual({ kind: "ready", value: "model" });
  });
});
