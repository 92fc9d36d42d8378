import { describe, expect, it } from "vitest";
import { toHead } from "../../shared/policy/testing/random-input.ts";
import type { Category } from "../../shared/task/labels.ts";
import { CATEGORY_LABELS } from "../../shared/task/labels.ts";
import { toCategoryFigures } from "./category.ts";
import { toScored } from "./testing/scored-row.ts";

const answer = (label: Category) =>
  toHead(
    CATEGORY_LABELS,
    CATEGORY_LABELS.map((name) => (name === label ? 0.7 : 0.05)),
  );

const made = (category: Category | null, got: Category | null) =>
  toScored({ row: { category }, answer: { category: got === null ? null : answer(got) } });

describe("toCategoryFigures()", () => {
  it("counts right ones among the rows that state a category; no answer is wrong", () => {
    const rows = [
      made("coding", "coding"),
      made("coding", "vision"),
      made("vision", "vision"),
      made("creative", null),
      made(null, "coding"),
    ];
    const figures = toCategoryFigures(rows);
    expect(figures).toMatchObject({ unanswered: 1, accuracy: { count: 2, of: 4 }, majority: 0.5 });
    // Coding 2/3, vision 2/3, creative 0.
    expect(figures?.macroF1).toBeCloseTo(4 / 9, 12);
  });

  it("is null when no row states one", () => {
    expect(toCategoryFigures([made(null, "coding")])).toBeNull();
  });
});
