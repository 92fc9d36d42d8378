import type { Result } from "../../shared/base/result.ts";
import type { Plan, RunState } from "../../shared/run/job.ts";
import type { GovernanceEventRow } from "../platform/d1/governance-events-store.ts";
import type { DecisionVerdict, SharedCaps } from "../platform/d1/run-change-store.ts";
import type {
  RunCallRow,
  RunChange,
  RunEventRow,
  RunModel,
  RunRow,
  RunSettings,
  RunStepRow,
  RunSummary,
  RunTexts,
} from "../platform/d1/run-row.ts";
import type { World } from "./deps.ts";

/** Names a run to those who may see it. */
export interface RunKey {
  readonly tenantId: string;
  readonly runId: string;
}

/** A request that named an Idempotency-Key. */
export interface KeyedRequest {
  readonly tenantId: string;
  readonly endpoint: string;
  readonly key: string;
  /** Who works on it: only that one can end or complete it. */
  readonly token: string;
}

/** What is known of a key: nobody used it, its first request still runs, it had another body, or the first answer. */
export type KeyState =
  | { readonly kind: "fresh" }
  | { readonly kind: "running" }
  | { readonly kind: "other_body" }
  | { readonly kind: "replay"; readonly body: string };

/** A run to be stored; nothing of it starts before. */
export interface NewRun {
  readonly runId: string;
  readonly tenantId: string;
  readonly keyId: string;
  readonly decisionId: string;
  readonly taskId: string | null;
  readonly plan: Plan;
  readonly settings: RunSettings;
  readonly requiresApproval: boolean;
  /** What lifts the gate from the start; null = nothing yet. */
  readonly approval: { readonly id: string; readonly approvedBy: string } | null;
  readonly models: readonly RunModel[];
  readonly texts: RunTexts;
  readonly taskSha256: string;
  readonly taskBytes: number;
  readonly capMicroUsd: number;
  /** null = no cap of that kind. */
  readonly keyCapMicroUsd: number | null;
  readonly dayCapMicroUsd: number | null;
  /** The answer to keep under the request's key. */
  readonly idempotency: (Omit<KeyedRequest, "tenantId"> & { readonly body: string }) | null;
  /** What governance said of its steps. */
  readonly governanceEvents?: readonly GovernanceEventRow[];
  readonly nowMs: number;
}

export interface ProviderKeyRow {
  readonly provider: string;
  readonly last4: string;
  readonly savedBy: string;
  readonly savedAtMs: number;
}

/** What the doors of runs may do. Changes put the steps that they release into the queue. */
export interface RunDeps {
  /** What a decision reads beside its task, for several decisions that share one view. */
  readonly readWorld: (tenantId: string) => Promise<Result<World>>;
  /** Endpoints that this deployment knows, by name. */
  readonly knownProviders: () => Result<readonly string[]>;
  /** Of those the ones that a run of the tenant can call: a key is there, or none is needed. */
  readonly readReach: (tenantId: string) => Promise<Result<ReadonlySet<string>>>;
  /** Whether the deployment may call this address at a run's end. Fault: forbidden. */
  readonly checkCallbackUrl: (url: string) => Result<void>;
  readonly beginIdempotency: (request: KeyedRequest & { readonly fingerprint: string }) => Promise<Result<KeyState>>;
  readonly endIdempotency: (request: KeyedRequest) => Promise<Result<void>>;
  /** Seals the texts and stores all of it at once. `lost_key`: another request took the key over. */
  readonly acceptRun: (run: NewRun) => Promise<Result<"accepted" | "lost_key">>;
  /** Of the tenant, derived from the master secret. */
  readonly readCallbackSecret: (tenantId: string) => Promise<Result<string>>;
  readonly readRun: (key: RunKey) => Promise<Result<RunRow>>;
  readonly listRuns: (query: {
    readonly tenantId: string;
    readonly before: { readonly createdAtMs: number; readonly runId: string } | null;
    readonly limit: number;
    readonly state: RunState | null;
  }) => Promise<Result<readonly RunSummary[]>>;
  readonly readRunSteps: (key: RunKey) => Promise<Result<readonly RunStepRow[]>>;
  readonly readRunCalls: (key: RunKey) => Promise<Result<readonly RunCallRow[]>>;
  readonly readRunEvents: (
    query: RunKey & { readonly after: number; readonly limit: number },
  ) => Promise<Result<readonly RunEventRow[]>>;
  /** What a step answered; null = erased. */
  readonly readOutput: (outputKey: string) => Promise<Result<string | null>>;
  /** What a merge wrote beside its answer, as JSON; null = nothing, or erased. */
  readonly readMergeNotes: (step: {
    readonly runId: string;
    readonly stepId: string;
  }) => Promise<Result<string | null>>;
  readonly cancelRun: (key: RunKey) => Promise<Result<RunChange>>;
  readonly approveRun: (
    approval: RunKey & { readonly approvalId: string; readonly approvedBy: string; readonly note: string | null },
  ) => Promise<Result<RunChange>>;
  /** Evidence is sealed and kept first, under a name of its own. */
  readonly giveRunVerdict: (
    verdict: RunKey & {
      readonly stepId: string;
      readonly accepted: boolean;
      readonly givenBy: string;
      readonly evidence: string | null;
      /** The same said of the run's decision. */
      readonly verdict: DecisionVerdict | null;
    },
  ) => Promise<Result<RunChange>>;
  /** null = the cap stays; a key's or a day's had stopped it. */
  readonly resumeRun: (
    change: RunKey & { readonly capMicroUsd: number | null; readonly shared: SharedCaps },
  ) => Promise<Result<RunChange>>;
  readonly saveProviderKey: (input: {
    readonly tenantId: string;
    readonly provider: string;
    readonly secret: string;
    readonly savedBy: string;
  }) => Promise<Result<void>>;
  readonly listProviderKeys: (tenantId: string) => Promise<Result<readonly ProviderKeyRow[]>>;
  readonly deleteProviderKey: (tenantId: string, provider: string) => Promise<Result<boolean>>;
}
