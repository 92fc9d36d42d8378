/** One place that has come apart from the routing file; `subject` is a file or a JSON pointer. */
export interface DriftIssue {
  readonly subject: string;
  readonly code: string;
}
