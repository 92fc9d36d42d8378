import { describe, expect, test } from "vitest";
import { advance, startRun } from "./advance.ts";
import { GOVERNED_COURSES } from "./governed-courses.ts";
import { FAILURE_CLASSES, FAILURE_POLICIES } from "./model-call.ts";
import { type KnownPick, type PastCall, toNextAttempt } from "./next-attempt.ts";
import { planSingle } from "./plan/single.ts";
import { toCore } from "./testing/made-run.ts";

const PICKS: readonly KnownPick[] = ["a", "b", "c"].map((provider) => ({
  provider,
  contextTokens: 100,
  isPriced: true,
}));

/** Everything a step does when every call fails alike. */
function playOut(failure: (typeof FAILURE_CLASSES)[number]) {
  const past: PastCall[] = [];
  for (;;) {
    const next = toNextAttempt(past, PICKS, { isGoverned: true });
    if (next.kind !== "call") return { end: next, asked: [...new Set(past.map(({ pick }) => pick))] };
    past.push({ pick: next.pick, failure });
  }
}

describe("a governed step", () => {
  test.each(FAILURE_CLASSES)("that meets %s alone ends, by the course of that failure", (failure) => {
    const { end, asked } = playOut(failure);
    const course = GOVERNED_COURSES[failure];
    if (course === "stand_in") {
      expect(end).toMatchObject({ kind: "ask_person", trigger: "models_exhausted" });
      expect(asked).toEqual([0, 1, 2]);
      return;
    }
    expect(asked).toEqual([0]);
    if (course === "fail") expect(end).toEqual({ kind: "give_up", failure });
    else expect(end).toMatchObject({ kind: "ask_person", trigger: course });
  });

  test("takes a stand-in for no failure that an ungoverned one would not", () => {
    for (const failure of FAILURE_CLASSES)
      if (GOVERNED_COURSES[failure] === "stand_in") expect(FAILURE_POLICIES[failure].next).toBe("fallback");
  });
});

describe("advance()", () => {
  const plan = planSingle(toCore(), { deliver: true });
  const running = advance(startRun(plan, { requiresApproval: false }).run, { kind: "claimed", stepId: "call-1" }).run;

  test("lets an exhausted step await approval and come back, once", () => {
    const waiting = advance(running, { kind: "exhausted", stepId: "call-1" });
    expect([waiting.state, waiting.end, waiting.released]).toEqual(["awaiting_approval", null, []]);
    expect(advance(waiting.run, { kind: "exhausted", stepId: "call-1" }).changes).toEqual([]);
    const approved = advance(waiting.run, { kind: "approved" });
    expect([approved.state, approved.released]).toEqual(["running", ["call-1"]]);
  });

  test("ends it with the run that is canceled or expires", () => {
    const waiting = advance(running, { kind: "exhausted", stepId: "call-1" }).run;
    expect(advance(waiting, { kind: "canceled" }).end?.state).toBe("canceled");
    expect(advance(waiting, { kind: "expired" }).end?.state).toBe("expired");
  });
});
