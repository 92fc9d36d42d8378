import type { Result } from "../../shared/base/result.ts";
import type { Catalog } from "../../shared/catalog/model.ts";
import type { ProviderState, VerifierQuality } from "../../shared/policy/decision.ts";
import type { OutcomeObservation } from "../../shared/policy/outcomes.ts";
import type { Policy } from "../../shared/policy/policy.ts";
import type { Digests } from "../../shared/policy/receipt.ts";
import type { ApprovalRow, Asker } from "../platform/d1/approvals-store.ts";
import type { DecisionPage, DecisionRecord, LockRequest } from "../platform/d1/decisions-store.ts";
import type { GovernanceEventRow } from "../platform/d1/governance-events-store.ts";
import type { NewOutcome } from "../platform/d1/outcomes-store.ts";
import type { NewVerdict, VerdictCost } from "../platform/d1/verdicts-store.ts";
import type { FeedbackDeps } from "./feedback-deps.ts";
import type { GovernanceDeps } from "./governance-deps.ts";
import type { Classifier } from "./inference/classifier.ts";
import type { RefreshDoorDeps } from "./refresh-deps.ts";
import type { RunDeps } from "./run-deps.ts";
import type { SelectionDeps } from "./selection-deps.ts";
import type { VerifierDeps } from "./verifier-deps.ts";
import type { WebhookDeps } from "./webhook-deps.ts";

export interface VersionedPolicy {
  /** 0 is the shipped default, before the tenant saved one of its own. */
  readonly version: number;
  readonly policy: Policy;
}

/** Everything a decision reads beside the request, read in one go so that it is one moment's view. */
export interface World {
  readonly policy: VersionedPolicy;
  /** Of that policy and of the rule's constants. */
  readonly digests: Digests;
  readonly catalog: Catalog;
  /** Of every task type: which one counts is known when the task is classified. */
  readonly outcomes: readonly OutcomeObservation[];
  readonly providerState: ProviderState;
  readonly verifier: VerifierQuality | null;
}

/** What holds the request's key now, and the rest of the world as it was at that moment. */
export interface RouteStateOfTenant {
  readonly held: DecisionRecord | null;
  readonly readWorld: () => Promise<Result<World>>;
}

/** What the handlers may do; env.ts binds each to a store, the clock or the classifier. */
export interface RouterDeps
  extends FeedbackDeps,
    SelectionDeps,
    RefreshDoorDeps,
    RunDeps,
    VerifierDeps,
    WebhookDeps,
    GovernanceDeps {
  readonly nowMs: () => number;
  readonly newId: (prefix: string) => string;
  readonly sha256Hex: (text: string) => Promise<string>;
  readonly classifier: Classifier;
  readonly readRouteState: (tenantId: string, lockKey: string) => Promise<Result<RouteStateOfTenant>>;
  readonly readPolicy: (tenantId: string) => Promise<Result<VersionedPolicy>>;
  readonly readPolicyVersion: (tenantId: string, version: number) => Promise<Result<Policy>>;
  readonly savePolicy: (input: {
    tenantId: string;
    expectedVersion: number;
    policy: Policy;
    createdBy: string;
  }) => Promise<Result<VersionedPolicy>>;
  readonly readCatalog: () => Promise<Result<Catalog>>;
  readonly readCatalogVersion: (version: string) => Promise<Result<Catalog>>;
  readonly saveDecision: (
    record: DecisionRecord,
    locks: readonly LockRequest[],
    events?: readonly GovernanceEventRow[],
  ) => Promise<Result<DecisionRecord>>;
  readonly readDecision: (tenantId: string, id: string) => Promise<Result<DecisionRecord>>;
  readonly listDecisions: (query: {
    tenantId: string;
    cursor: string | null;
    limit: number;
    search: string | null;
  }) => Promise<Result<DecisionPage>>;
  readonly readVerdictCosts: (tenantId: string, decisionId: string) => Promise<Result<readonly VerdictCost[]>>;
  readonly applyVerdict: (verdict: NewVerdict) => Promise<Result<{ readonly applied: boolean }>>;
  readonly saveOutcome: (outcome: NewOutcome) => Promise<Result<void>>;
  readonly saveAsker: (asker: Asker) => Promise<Result<void>>;
  readonly saveApproval: (approval: ApprovalRow) => Promise<Result<void>>;
  readonly readApproval: (tenantId: string, decisionId: string) => Promise<Result<ApprovalRow | null>>;
  readonly startProbe: (tenantId: string) => Promise<Result<{ probeId: string }>>;
  readonly readProbe: (tenantId: string, probeId: string) => Promise<Result<{ state: string; fault: string | null }>>;
}
