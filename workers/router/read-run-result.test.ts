import { expect, it } from "vitest";
import type { RunStepRow } from "../platform/d1/run-row.ts";
import { toArtifactHead } from "./read-run-result.ts";

const step: RunStepRow = {
  ...{
    stepId: "plan",
    position: 0,
    kind: "plan",
    status: { state: "ready", skipped: null, escalate: null, whole: true },
  },
  ...{ claims: 1, failure: "router_unreached", pick: null, finding: null, outputKey: "runs/run_1/plan/1" },
  ...{ outputBytes: 9, startedAtMs: 1_700_000_000_000, settledAtMs: null, costMicroUsd: 0, calls: 1 },
};

it("toArtifactHead() dates a draft that its step keeps while it goes on by the step's start", () => {
  expect(toArtifactHead(step).created_at).toBe("2023-11-14T22:13:20.000Z");
  expect(toArtifactHead({ ...step, settledAtMs: 1_700_000_001_000 }).created_at).toBe("2023-11-14T22:13:21.000Z");
});
