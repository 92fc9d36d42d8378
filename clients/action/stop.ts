/** Exit codes of the step; docs/github-action.md lists them. */
export const EXIT = { ok: 0, failed: 1, badInput: 2, risk: 3, refusedEvent: 4 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Why the step ends without success; the message goes to the log as an error. */
export interface Stop {
  readonly exit: Exclude<ExitCode, 0>;
  readonly message: string;
}

export type Attempted<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly stop: Stop };

export const done = <T>(value: T): Attempted<T> => ({ ok: true, value });
export const stopWith = (exit: Stop["exit"], message: string): { readonly ok: false; readonly stop: Stop } => ({
  ok: false,
  stop: { exit, message },
});
