import { describe, expect, it } from "vitest";
import { toHighRiskFigures } from "./high-risk.ts";
import { toScored } from "./testing/scored-row.ts";

describe("toHighRiskFigures()", () => {
  it("counts what the default policy's gate stops: the label, the probability, and an abstention", () => {
    const high = { labels: { risk: "high" } } as const;
    const figures = toHighRiskFigures([
      toScored({ ...high, task: { risk: [0.1, 0.2, 0.7] } }),
      // P(high) is over the policy's threshold though the label is low.
      toScored({ ...high, task: { risk: [0.5, 0.05, 0.45] } }),
      toScored({ ...high, task: { risk: [0.9, 0.05, 0.05] } }),
      toScored({ task: { abstained: ["risk"] } }),
      toScored({}),
    ]);
    expect(figures.prevalence).toMatchObject({ count: 3, of: 5 });
    expect(figures.gated).toMatchObject({ count: 3, of: 5 });
    expect(figures.recallAtGate).toMatchObject({ count: 2, of: 3 });
    expect(figures.recallByLabel).toMatchObject({ count: 1, of: 3 });
  });
});
