import { describe, expect, it } from "vitest";
import { softmax } from "../base/stats.ts";
import type { RawOutputs } from "./classification.ts";
import { mixOutputs } from "./mix-outputs.ts";

const raw = (shift: number): RawOutputs => ({
  complexity: [1 + shift, 0, 0],
  task_type: [0, 0, 0, 0, 0, 0, 0, shift],
  risk: [0, shift, 0],
  complexity_sub: { reasoning_depth: 0.2, scope_breadth: 0.4, domain_knowledge: 0.1, spec_completeness: 0.9 },
  risk_sub: { security_surface: 0, data_sensitivity: 0, production_exposure: 0.5, reversal_cost: 1 },
  out_of_scope: shift === 0 ? 0.1 : 0.5,
  category: [shift, 0, 0, 0, 0, 0, 0],
});

describe("mixOutputs()", () => {
  it("mixes probabilities, not logits, by the second one's share", () => {
    const mixed = softmax(mixOutputs(raw(0), raw(3), 0.25).risk, 1);
    const [a, b] = [softmax(raw(0).risk, 1), softmax(raw(3).risk, 1)];
    for (const [i, value] of mixed.entries()) expect(value).toBeCloseTo(0.75 * (a[i] ?? 0) + 0.25 * (b[i] ?? 0), 9);
  });

  it("mixes scores and scope, and leaves the category to the first", () => {
    const mixed = mixOutputs(raw(0), { ...raw(3), risk_sub: { ...raw(3).risk_sub, reversal_cost: 0 } }, 0.25);
    expect(mixed.risk_sub.reversal_cost).toBeCloseTo(0.75, 9);
    expect(mixed.out_of_scope).toBeCloseTo(0.2, 9);
    expect(mixed.category).toEqual(raw(0).category);
    expect(mixOutputs(raw(0), { ...raw(3), out_of_scope: null }, 0.25).out_of_scope).toBe(0.1);
  });

  it("stays finite where a probability underflows", () => {
    const extreme = { ...raw(0), risk: [0, -2000, 2000] };
    expect(mixOutputs(extreme, extreme, 0.5).risk.every(Number.isFinite)).toBe(true);
  });
});
