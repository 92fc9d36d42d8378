import { describe, expect, it } from "vitest";
import { cronMatches } from "./cron.ts";

const at = (iso: string): Date => new Date(iso);

describe("cronMatches()", () => {
  it("names every minute when all fields are stars", () => {
    expect(cronMatches("* * * * *", at("2026-11-21T03:17:00Z"))).toBe(true);
  });

  it("names minute 0 of every sixth hour, in UTC", () => {
    const due = Array.from({ length: 24 }, (_, hour) => hour).filter((hour) =>
      cronMatches("0 */6 * * *", new Date(Date.UTC(2026, 10, 21, hour, 0))),
    );
    expect(due).toEqual([0, 6, 12, 18]);
    expect(cronMatches("0 */6 * * *", at("2026-11-21T06:01:00Z"))).toBe(false);
  });

  it("reads lists, ranges and steps from a start", () => {
    const minutes = (expression: string): number[] =>
      Array.from({ length: 60 }, (_, minute) => minute).filter((minute) =>
        cronMatches(expression, new Date(Date.UTC(2026, 10, 21, 0, minute))),
      );
    expect(minutes("5,10-12 * * * *")).toEqual([5, 10, 11, 12]);
    expect(minutes("50/5 * * * *")).toEqual([50, 55]);
    expect(minutes("10-20/5 * * * *")).toEqual([10, 15, 20]);
  });

  it("counts Sunday as day 1 of the week", () => {
    expect(cronMatches("0 0 * * 1", at("2026-11-22T00:00:00Z"))).toBe(true);
    expect(cronMatches("0 0 * * 1", at("2026-11-23T00:00:00Z"))).toBe(false);
  });

  it("throws when it cannot read an expression", () => {
    expect(() => cronMatches("0 0 * *", at("2026-11-22T00:00:00Z"))).toThrow("five fields");
    expect(() => cronMatches("a * * * *", at("2026-11-22T00:00:00Z"))).toThrow('"a"');
  });
});
