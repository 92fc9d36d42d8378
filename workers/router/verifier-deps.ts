import type { Result } from "../../shared/base/result.ts";
import type { NewAttemptEvent } from "../platform/d1/attempt-events-store.ts";
import type { StoredAttemptWork } from "../platform/d1/attempt-work-store.ts";
import type { MeasuredVerifier } from "../platform/d1/verifiers-store.ts";

/** What the doors may do about judged attempts and those who judge them. */
export interface VerifierDeps {
  /** Who did an attempt in a run, and what it cost; null = no run did it. */
  readonly readAttemptWork: (of: {
    readonly tenantId: string;
    readonly decisionId: string;
    readonly attempt: number;
  }) => Promise<Result<StoredAttemptWork | null>>;
  readonly noteAttemptEvent: (
    event: NewAttemptEvent,
  ) => Promise<Result<{ readonly attempt: number; readonly recorded: boolean }>>;
  /** `repository` null = every one of the tenant's. */
  readonly readVerifiers: (tenantId: string, repository: string | null) => Promise<Result<readonly MeasuredVerifier[]>>;
}
