import { describe, expect, it } from "vitest";
import { countResults } from "./test-counts.ts";

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((one) => ({ status: one })),
});

describe("countResults()", () => {
  it("counts passed and failed tests and leaves out skipped ones", () => {
    const report = { testResults: [file("passed", "passed", "skipped"), file("failed", "passed", "failed")] };
    expect(countResults(report, 1)).toEqual({ passed: 2, failed: 1 });
  });

  it("counts a file that does not load as one failure", () => {
    expect(countResults({ testResults: [file("failed"), file("passed", "passed")] }, 1)).toEqual({
      passed: 1,
      failed: 1,
    });
  });

  it("reports a failure when the run ends badly although every test passed", () => {
    expect(countResults({ testResults: [file("passed", "passed")] }, 1)).toEqual({ passed: 1, failed: 1 });
  });

  it("reports a failure when there is no report", () => {
    expect(countResults(undefined, 1)).toEqual({ passed: 0, failed: 1 });
  });
});
