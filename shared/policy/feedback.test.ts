import { describe, expect, it } from "vitest";
import type { Category } from "../task/labels.ts";
import { CATEGORY_LABELS } from "../task/labels.ts";
import type { FeedbackObservation, FeedbackSum } from "./feedback.ts";
import { sumFeedback, toCorrectionBound } from "./feedback.ts";
import { toFeedbackScores } from "./feedback-scores.ts";
import { PARAMETERS } from "./parameters.ts";
import { chance, oneFrom, toRandom } from "./testing/random-catalog.ts";

const seen = (over: Partial<FeedbackObservation> = {}): FeedbackObservation => ({
  origin: "own",
  modelId: "a/x",
  category: "coding",
  y: 0,
  predictedP: 0.5,
  weight: 1,
  tags: [],
  count: 1,
  ...over,
});

const times = (n: number, over: Partial<FeedbackObservation> = {}) => Array.from({ length: n }, () => seen(over));

function sumOf(observations: readonly FeedbackObservation[], tags: readonly string[] = []): FeedbackSum {
  const [sum] = sumFeedback(observations, { category: "coding", tags });
  if (sum === undefined) throw new Error("no sum");
  return sum;
}

const { n0 } = PARAMETERS.outcomes;
const { tagN0, community } = PARAMETERS.feedback;

describe("sumFeedback()", () => {
  it("is the residual over n0 plus the weights, as for outcomes, without tags and community", () => {
    const sum = sumOf([seen({ y: 1 }), seen({ y: 0.25, weight: 0.5 })]);
    expect(sum.correction).toBeCloseTo((0.5 - 0.125) / (n0 + 1.5), 12);
    expect(sum.count).toBe(2);
  });

  it("reads the asked category alone, by model in the order of ids", () => {
    const observations = [seen({ modelId: "b/y" }), seen(), seen({ category: "vision", modelId: "c/z" })];
    const sums = sumFeedback(observations, { category: "coding", tags: [] });
    expect(sums.map(({ modelId }) => modelId)).toEqual(["a/x", "b/y"]);
  });

  it("adds a tag's own deviation on top of the category's, shrunk towards it", () => {
    const observations = [...times(10, { y: 0.5 }), ...times(10, { tags: ["rust"] })];
    const plain = sumOf(observations).correction;
    const rust = sumOf(observations, ["rust"]).correction;
    expect(plain).toBeCloseTo(-5 / (n0 + 20), 12);
    expect(rust).toBeCloseTo(plain + (-5 - 10 * plain) / (tagN0 + 10), 12);
    expect(rust).toBeLessThan(plain);
    expect(rust).toBeGreaterThan(-0.5);
    expect(sumOf(observations, ["python"]).correction).toBe(plain);
  });

  it("counts an observation with both asked tags once, and one with a single of them half", () => {
    const both = sumOf(times(1, { tags: ["rust", "sql"] }), ["rust", "sql"]).correction;
    const one = sumOf(times(1, { tags: ["rust"] }), ["rust", "sql"]).correction;
    expect(both).toBeCloseTo(sumOf(times(1, { tags: ["rust"] }), ["rust"]).correction, 12);
    expect(one).toBeGreaterThan(both);
  });

  it("lets own evidence take the place of the community's shift as it grows", () => {
    const others = seen({ origin: "community", y: 1, weight: 10, count: 40 });
    const shift = Math.min(community.shiftMax, 5 / (community.n0 + 10));
    expect(sumOf([others])).toMatchObject({ count: 0, communityCount: 40, personalScore: null });
    expect(sumOf([others]).correction).toBeCloseTo(shift, 12);
    const known = sumOf([others, ...times(1000, { y: 0.5 })]).correction;
    expect(known).toBeGreaterThan(0);
    expect(known).toBeLessThan(shift / 90);
  });

  it("bounds what the community can do, and one contributor below the noise of an ability", () => {
    const crowd = sumOf([seen({ origin: "community", y: 0, predictedP: 0.9, weight: 1e6 })]).correction;
    expect(crowd).toBe(-community.shiftMax);
    const weight = community.contributorWeightMax;
    const alone = sumOf([seen({ origin: "community", y: 0, predictedP: 0.8, weight })]).correction;
    expect(Math.abs(alone)).toBeLessThan(PARAMETERS.noiseP);
  });

  it("shows as the personal score what the own ratings say, as toFeedbackScores() does", () => {
    expect(sumOf(times(1, { y: 0, predictedP: 0.5 })).personalScore).toBe(0);
    const observations = [...times(3, { y: 1, predictedP: 0.8 }), seen({ y: 0.25, weight: 0.5 })];
    const [score] = toFeedbackScores(observations);
    expect(sumOf(observations).personalScore).toBeCloseTo(100 * (score?.success ?? Number.NaN), 9);
  });

  it("never moves P by more than the bound of the weight it saw, whatever is said", () => {
    const random = toRandom(5);
    const tags = ["rust", "sql", "css"];
    const anything = (): FeedbackObservation =>
      seen({
        origin: chance(random, 0.2) ? "community" : "own",
        category: oneFrom<Category>(random, CATEGORY_LABELS.slice(0, 2)),
        y: chance(random, 0.7) ? 0 : random(),
        predictedP: 0.01 + 0.98 * random(),
        weight: random(),
        tags: tags.filter(() => chance(random, 0.5)),
      });
    for (let n = 0; n < 2_000; n += 1) {
      const observations = Array.from({ length: Math.floor(random() * 40) }, anything);
      const asked = { category: "coding" as const, tags: tags.filter(() => chance(random, 0.5)) };
      for (const { correction } of sumFeedback(observations, asked)) {
        const own = observations.filter(({ origin, category }) => origin === "own" && category === "coding");
        const bound = toCorrectionBound(own.reduce((sum, { weight }) => sum + weight, 0));
        expect(Math.abs(correction)).toBeLessThanOrEqual(bound + 1e-12);
      }
    }
  });

  it("is monotone: a better result in the place of a worse one never lowers the correction", () => {
    const random = toRandom(6);
    for (let n = 0; n < 500; n += 1) {
      const observations = times(1 + Math.floor(random() * 10), { tags: ["rust"] });
      const asked = { category: "coding" as const, tags: chance(random, 0.5) ? ["rust"] : [] };
      const [worse] = sumFeedback([...observations, seen({ y: 0.25 })], asked);
      const [better] = sumFeedback([...observations, seen({ y: 0.75 })], asked);
      expect(better?.correction ?? Number.NaN).toBeGreaterThanOrEqual(worse?.correction ?? Number.NaN);
    }
  });
});

describe("toFeedbackScores()", () => {
  it("is the weighted mean of own feedback by category and model; the community does not count", () => {
    const observations = [
      seen({ y: 1 }),
      seen({ y: 0, weight: 0.5 }),
      seen({ category: "vision", y: 0.25 }),
      seen({ origin: "community", y: 1, weight: 9 }),
    ];
    expect(toFeedbackScores(observations)).toEqual([
      { modelId: "a/x", category: "coding", success: 1 / 1.5, count: 2 },
      { modelId: "a/x", category: "vision", success: 0.25, count: 1 },
    ]);
  });
});
