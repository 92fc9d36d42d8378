import { expect, test } from "vitest";
import { abilityKey } from "./ability.ts";
import type { ResolvedRow } from "./matrix.ts";
import type { Effort } from "./model.ts";
import { newestValues } from "./newest-values.ts";
import { score } from "./testing/made-build.ts";

const at = (over: Partial<ResolvedRow["row"]>, effort: Effort = "default"): ResolvedRow => ({
  row: { ...score("a", "epoch_eci", 1), ...over },
  resolution: { id: "m/a", effort, confidence: 1, rule: "" },
});
const valuesOf = (rows: readonly ResolvedRow[], effort: Effort = "default") =>
  newestValues(rows).get(abilityKey("m/a", effort));

test("newestValues() keeps the newest date, of one date the later edition, whatever the order of the rows", () => {
  const rows = [
    at({ value: 1, date: null, release: "9" }),
    at({ value: 3, date: "2026-02-01", release: "v4.10" }),
    at({ value: 2, date: "2026-02-01", release: "v4.9" }),
  ];
  expect(valuesOf(rows)).toEqual({ epoch_eci: 3 });
  expect(valuesOf([...rows].reverse())).toEqual({ epoch_eci: 3 });
});

test("newestValues() takes what a benchmark's own source states over a newer copy", () => {
  const index = { benchmark: "aa_intelligence_index" };
  const rows = [
    at({ ...index, source: "artificial_analysis", value: 40, date: "2026-01-01" }),
    at({ ...index, source: "openrouter", value: 50, date: "2026-05-01" }),
  ];
  expect(valuesOf(rows)).toEqual({ aa_intelligence_index: 40 });
});

test("newestValues() averages two names of one model in one edition and keeps efforts apart", () => {
  const rows = [at({ value: 1 }), at({ name: "b", value: 2 }), at({ value: 9 }, "high")];
  expect(valuesOf(rows)).toEqual({ epoch_eci: 1.5 });
  expect(valuesOf(rows, "high")).toEqual({ epoch_eci: 9 });
});

test("newestValues() leaves out a benchmark whose unit is not known", () => {
  expect(newestValues([at({ benchmark: "unheard_of" })]).size).toBe(0);
});
