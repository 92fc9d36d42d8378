import { describe, expect, test } from "vitest";
import { type KnownPick, toNextAttempt, toRetryWaitMs } from "./next-attempt.ts";

const pick = (provider: string, contextTokens = 100, isPriced = true): KnownPick => ({
  provider,
  contextTokens,
  isPriced,
});
const PICKS = [pick("openrouter"), pick("openrouter", 200), pick("anthropic", 50)];

describe("toNextAttempt()", () => {
  test("begins with the first pick that has a price", () => {
    expect(toNextAttempt([], PICKS)).toEqual({ kind: "call", pick: 0, isRetry: false });
    expect(toNextAttempt([], [pick("a", 1, false), pick("b")])).toMatchObject({ pick: 1 });
    expect(toNextAttempt([], [pick("a", 1, false)])).toEqual({ kind: "give_up", failure: "unpriced" });
  });

  test("makes the same call again while its policy allows, then the next of the list, then gives up", () => {
    const failed = (at: number) => ({ pick: at, failure: "server_error" as const });
    expect(toNextAttempt([failed(0), failed(0)], PICKS)).toMatchObject({ pick: 0, isRetry: true });
    expect(toNextAttempt([failed(0), failed(0), failed(0)], PICKS)).toMatchObject({ pick: 1, isRetry: false });
    expect(toNextAttempt([failed(2), failed(2), failed(2)], PICKS)).toEqual({
      kind: "give_up",
      failure: "server_error",
    });
  });

  test("leaves a provider whose key is refused, and looks for a larger window where the input was too long", () => {
    expect(toNextAttempt([{ pick: 0, failure: "auth" }], PICKS)).toMatchObject({ pick: 2 });
    expect(toNextAttempt([{ pick: 0, failure: "context_overflow" }], PICKS)).toMatchObject({ pick: 1 });
    expect(toNextAttempt([{ pick: 1, failure: "context_overflow" }], PICKS)).toMatchObject({ kind: "give_up" });
    expect(toNextAttempt([{ pick: 0, failure: "invalid_request" }], PICKS)).toMatchObject({ kind: "give_up" });
  });

  test("takes a refusal to one other provider alone", () => {
    expect(toNextAttempt([{ pick: 0, failure: "content_filter" }], PICKS)).toMatchObject({ pick: 2 });
    const twice = [
      { pick: 0, failure: "content_filter" as const },
      { pick: 2, failure: "content_filter" as const },
    ];
    expect(toNextAttempt(twice, [...PICKS, pick("google")])).toMatchObject({ kind: "give_up" });
  });

  test("takes a lost call as one that timed out", () => {
    const lost = { pick: 0, failure: "lost" as const };
    expect(toNextAttempt([lost], PICKS)).toMatchObject({ pick: 0, isRetry: true });
    expect(toNextAttempt([lost, lost], PICKS)).toMatchObject({ pick: 1 });
  });
});

test("toRetryWaitMs() waits as long as was asked, longer each time, and a minute at most", () => {
  const failed = { pick: 0, failure: "rate_limited" as const };
  expect(toRetryWaitMs([failed], { retryAfterMs: 7_000, chance: 0 })).toBe(7_000);
  expect(toRetryWaitMs([failed], { retryAfterMs: null, chance: 0 })).toBe(500);
  expect(toRetryWaitMs([failed, failed], { retryAfterMs: null, chance: 0.999 })).toBeGreaterThan(2_900);
  expect(toRetryWaitMs([failed], { retryAfterMs: 900_000, chance: 0 })).toBe(60_000);
});
