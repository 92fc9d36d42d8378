import { expect, test } from "vitest";
import { measuredSpeeds } from "./measured-speeds.ts";
import type { RowResolver } from "./resolve-rows.ts";
import type { SpeedRow } from "./sources/artificial-analysis.ts";

const resolve: RowResolver = (name) => {
  const [id = "", effort] = name.split(" ");
  if (id === "unknown") return { unresolved: true, code: "unknown", reason: "" };
  return { id, effort: effort === "high" ? "high" : "default", confidence: 1, rule: "" };
};
const speed = (name: string, tokens: number | null, first: number | null): SpeedRow => ({
  source: "s",
  name,
  outputTokensPerSecond: tokens,
  timeToFirstTokenS: first,
  endToEndS: null,
});

test("measuredSpeeds() averages the rows of one id and effort and passes over what they leave open", () => {
  const speedOf = measuredSpeeds([speed("m/a", 10, null), speed("m/a", 20, 2), speed("unknown", 1, 1)], resolve);
  expect(speedOf("m/a", "default")).toEqual({ outputTokensPerSecond: 15, timeToFirstTokenS: 2 });
});

test("measuredSpeeds() lends the output speed of another effort, and never the wait for the first token", () => {
  const speedOf = measuredSpeeds([speed("m/a high", 50, 30)], resolve);
  expect(speedOf("m/a", "high")).toEqual({ outputTokensPerSecond: 50, timeToFirstTokenS: 30 });
  expect(speedOf("m/a", "low")).toEqual({ outputTokensPerSecond: 50, timeToFirstTokenS: null });
  expect(speedOf("m/b", "default")).toEqual({ outputTokensPerSecond: null, timeToFirstTokenS: null });
});
