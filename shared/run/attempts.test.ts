import { describe, expect, test } from "vitest";
import type { Attempt, DecisionCore } from "../policy/decision.ts";
import { advanceAttempt, attemptSequence } from "./attempts.ts";

const expected = { success: 0.5, costMicroUsd: 250_000, minutes: 1, utilityUsd: 1 };

const pick = (model: string): Attempt => ({
  model,
  effort: "default",
  vendor: "v",
  provider: "openrouter",
  driverKind: "api",
  priceTier: "budget",
  expected,
  expectedInTurn: { ...expected, success: 0.31, costMicroUsd: 280_000 },
  flags: [],
  fallbacks: [],
});

const core = (chain: readonly string[], escalation: readonly string[]): DecisionCore => ({
  pick: pick(chain[0] ?? "none"),
  expected,
  mode: chain.length > 1 ? "cascade" : "single",
  modeComparison: { chosen: "single", reason: "", singleUtilityUsd: 0, cascadeUtilityUsd: null },
  chain: chain.map(pick),
  escalation: escalation.map(pick),
  escalationEnd: "limit",
  maxMicroUsd: null,
  alternatives: [],
  gate: { requiresApproval: false, reason: "" },
  rationale: "",
  domain: "agentic_coding",
  value: { microUsd: 1, from: "preset", weighted: true },
  floor: { applied: false, margin: null, bestSuccess: 0.5 },
  candidates: { considered: 3, removed: {} },
});

const NOTHING_PAID = new Map<number, number>();

describe("attemptSequence()", () => {
  test("runs the chain first, then the escalation, each model once", () => {
    const models = attemptSequence(core(["v/a", "v/b"], ["v/b", "v/c"])).map((p) => p.model);
    expect(models).toEqual(["v/a", "v/b", "v/c"]);
  });
});

describe("advanceAttempt()", () => {
  test("ends the task when the attempt is accepted", () => {
    expect(advanceAttempt(core(["v/a"], ["v/b"]), { attempt: 0, accepted: true, paid: NOTHING_PAID }).status).toBe(
      "accepted",
    );
  });
  test("names the next model and its expectations when the attempt is rejected", () => {
    const step = advanceAttempt(core(["v/a"], ["v/b"]), { attempt: 0, accepted: false, paid: NOTHING_PAID });
    expect(step.next?.model).toBe("v/b");
    expect(step.reason).toContain("v/a was rejected");
    expect(step.reason).toContain("31 %");
    expect(step.reason).toContain("$0.28");
  });
  test("is exhausted when the last model was rejected", () => {
    expect(advanceAttempt(core(["v/a"], ["v/b"]), { attempt: 1, accepted: false, paid: NOTHING_PAID }).status).toBe(
      "exhausted",
    );
  });
  test("says why nothing follows", () => {
    const reasonOf = (escalationEnd: DecisionCore["escalationEnd"]) =>
      advanceAttempt({ ...core(["v/a"], ["v/b"]), escalationEnd }, { attempt: 1, accepted: false, paid: NOTHING_PAID })
        .reason;
    expect(reasonOf("limit")).toContain("the last of the 2 models");
    expect(reasonOf("not_worth_its_cost")).toContain("worth its cost");
    expect(reasonOf("budget")).toContain("fits into max_usd");
    expect(reasonOf("none_left")).toContain("constraints and floor");
  });
  test("counts what an attempt cost against max_usd instead of what was expected of it", () => {
    const limited = { ...core(["v/a"], ["v/b"]), maxMicroUsd: 560_000 };
    const whenPaid = (paid: number) =>
      advanceAttempt(limited, { attempt: 0, accepted: false, paid: new Map([[0, paid]]) });
    expect(advanceAttempt(limited, { attempt: 0, accepted: false, paid: NOTHING_PAID }).status).toBe("next");
    expect([whenPaid(0).status, whenPaid(280_000).status]).toEqual(["next", "next"]);
    expect(whenPaid(280_001)).toMatchObject({ status: "exhausted", endedBy: "budget", next: null });
    expect(whenPaid(280_001).reason).toContain("leaves too little of max_usd for v/b");
    expect(advanceAttempt(limited, { attempt: 0, accepted: true, paid: new Map([[0, 9e6]]) }).status).toBe("accepted");
  });
});
