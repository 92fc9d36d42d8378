import { describe, expect, it } from "vitest";
import { type SpawnGroup, toSpawnStats } from "./spawn-stats.ts";

const group = (over: Partial<SpawnGroup> = {}): SpawnGroup => ({
  day: "2026-01-02",
  modelId: "a/x",
  category: "coding",
  mode: "single",
  part: "other",
  count: 2,
  priced: 2,
  taskMicroUsd: 200_000,
  referenceMicroUsd: 1_800_000,
  ...over,
});

describe("toSpawnStats()", () => {
  it("sums by model, category, mode and day, days in order", () => {
    const stats = toSpawnStats([
      group(),
      group({ day: "2026-01-01", modelId: "b/y", mode: "plan", count: 3, priced: 1 }),
    ]);
    expect(stats.all).toEqual({ count: 5, priced: 3, taskMicroUsd: 400_000, referenceMicroUsd: 3_600_000 });
    expect([...stats.byDay.keys()]).toEqual(["2026-01-01", "2026-01-02"]);
    expect(stats.byModel.get("b/y")?.count).toBe(3);
    expect(stats.byMode.get("plan")?.count).toBe(3);
    expect(stats.byCategory.get("coding")?.count).toBe(5);
  });

  it("counts what a cascade saved against its strong model, and what it lost where it always escalated", () => {
    const cheap = group({ part: "cascade_cheap", count: 4, priced: 4, taskMicroUsd: 400_000 });
    const strong = group({ part: "cascade_premium", count: 1, priced: 1, taskMicroUsd: 800_000 });
    expect(toSpawnStats([cheap, strong]).cascade).toEqual({
      total: 4,
      cheapOnly: 3,
      withPremium: 1,
      meanSavedMicroUsd: 0.75 * 800_000 - 100_000,
    });
    const always = toSpawnStats([cheap, { ...strong, count: 4, priced: 4, taskMicroUsd: 3_200_000 }]).cascade;
    expect(always).toMatchObject({ cheapOnly: 0, meanSavedMicroUsd: -100_000 });
  });

  it("is all zeros without spawns", () => {
    const stats = toSpawnStats([]);
    expect(stats.all.count).toBe(0);
    expect(stats.cascade).toEqual({ total: 0, cheapOnly: 0, withPremium: 0, meanSavedMicroUsd: 0 });
  });
});
