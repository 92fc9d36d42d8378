/** The part of vitest's JSON report that is counted. */
export interface TestReport {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
}

/**
 * Counts tests; a file that fails without a failed test of its own (it did not load, or a hook broke) is one failure,
 * and so is a run that ends with an error that no file owns, or without a report.
 */
export function countResults(report: TestReport | undefined, exitStatus: number): TestCounts {
  if (report === undefined) return { passed: 0, failed: 1 };
  let passed = 0;
  let failed = 0;
  for (const file of report.testResults) {
    const failures = file.assertionResults.filter((test) => test.status === "failed").length;
    passed += file.assertionResults.filter((test) => test.status === "passed").length;
    failed += failures === 0 && file.status === "failed" ? 1 : failures;
  }
  return { passed, failed: failed === 0 && exitStatus !== 0 ? 1 : failed };
}
