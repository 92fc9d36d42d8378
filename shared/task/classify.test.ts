import { describe, expect, it } from "vitest";
import type { RawOutputs } from "./classification.ts";
import type { CalibrateInput } from "./classify.ts";
import { calibrate } from "./classify.ts";

const RAW: RawOutputs = {
  complexity: [2, 0, -1],
  task_type: [0, 3, 0, 0, 0, 0, 0, 0],
  risk: [0, 0, 0.1],
  complexity_sub: { reasoning_depth: 0.12345, scope_breadth: -0.2, domain_knowledge: 1.4, spec_completeness: 0.5 },
  risk_sub: { security_surface: 0, data_sensitivity: 1, production_exposure: 0.3, reversal_cost: 0.9 },
  out_of_scope: 0.6,
  category: [0, 1, 0, 0, 2, 0, 0],
};

const INPUT: CalibrateInput = {
  raw: RAW,
  temperatures: { complexity: 1, task_type: 1, risk: 1 },
  config: {
    abstention: { complexity: 0.5, task_type: 0.5, risk: 0.5 },
    outOfScopeThreshold: 0.5,
    highRisk: null,
    categoryTemperature: 1,
  },
  engine: "onnx",
  model: { name: "m", version: "1", sha256: "" },
  tokens: 12,
  truncated: false,
};

describe("calibrate()", () => {
  it("calibrates P(high risk) by its own line on the margin of the logit", () => {
    expect(calibrate(INPUT).high_risk_probability).toBeNull();
    const plain = calibrate({ ...INPUT, config: { ...INPUT.config, highRisk: { scale: 1, bias: 0 } } });
    // With scale 1 and no bias the margin is the softmax's own log odds.
    expect(plain.high_risk_probability).toBeCloseTo(plain.risk.probabilities.high, 3);
    const lifted = calibrate({ ...INPUT, config: { ...INPUT.config, highRisk: { scale: 1, bias: 2 } } });
    expect(lifted.high_risk_probability).toBeGreaterThan(plain.high_risk_probability ?? 1);
  });

  it("names the category where the graph tells it", () => {
    expect(calibrate(INPUT).category?.label).toBe("vision");
    expect(calibrate({ ...INPUT, raw: { ...RAW, category: null } }).category).toBeNull();
  });

  it("names the most probable label of each head and the least confidence of the three", () => {
    const answer = calibrate(INPUT);
    expect([answer.complexity.label, answer.task_type.label, answer.risk.label]).toEqual(["easy", "feature", "high"]);
    expect(answer.overall_confidence).toBe(answer.risk.confidence);
    expect(answer.risk.confidence).toBe(answer.risk.probabilities.high);
  });

  it("lists the heads whose confidence lies under their threshold", () => {
    expect(calibrate(INPUT)).toMatchObject({ abstained: true, abstained_heads: ["risk"] });
    const never = { ...INPUT.config, abstention: { complexity: 0, task_type: 0, risk: 0 } };
    expect(calibrate({ ...INPUT, config: never })).toMatchObject({ abstained: false, abstained_heads: [] });
  });

  it("flattens the probabilities as the temperature rises and keeps the label", () => {
    const hot = calibrate({ ...INPUT, temperatures: { complexity: 5, task_type: 5, risk: 5 } });
    expect(hot.complexity.label).toBe("easy");
    expect(hot.complexity.confidence).toBeLessThan(calibrate(INPUT).complexity.confidence);
  });

  it("clamps the scores to [0, 1] and rounds them to four decimals", () => {
    expect(calibrate(INPUT).complexity_sub).toEqual({
      reasoning_depth: 0.1235,
      scope_breadth: 0,
      domain_knowledge: 1,
      spec_completeness: 0.5,
    });
  });

  it("says out of scope by the threshold, and null when the model or the config has none", () => {
    expect(calibrate(INPUT).out_of_scope).toBe(true);
    expect(calibrate({ ...INPUT, raw: { ...RAW, out_of_scope: 0.4 } }).out_of_scope).toBe(false);
    expect(calibrate({ ...INPUT, raw: { ...RAW, out_of_scope: null } }).out_of_scope).toBeNull();
    expect(calibrate({ ...INPUT, config: { ...INPUT.config, outOfScopeThreshold: null } }).out_of_scope).toBeNull();
  });

  it("gives probabilities that sum to 1 within 1e-3 for 1,000 random logits", () => {
    for (let n = 0; n < 1000; n++) {
      const task_type = Array.from({ length: 8 }, (_, i) => Math.sin(n * 12.9898 + i * 78.233) * (n % 40));
      const { probabilities, confidence } = calibrate({ ...INPUT, raw: { ...RAW, task_type } }).task_type;
      const values = Object.values(probabilities);
      expect(Math.abs(values.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-3);
      expect(confidence).toBe(Math.max(...values));
    }
  });
});
