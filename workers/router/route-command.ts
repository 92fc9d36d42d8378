import type { RouteRequest } from "../../shared/policy/decision.ts";
import type { GovernanceAsk } from "../../shared/policy/governance/governed-record.ts";
import type { MeasuredVerifier } from "../platform/d1/verifiers-store.ts";
import type { RunWorld } from "./run-world.ts";

/** One parsed request to decide; `taskText` is what the classifier reads. */
export interface RouteCommand {
  readonly tenantId: string;
  readonly requestedBy: string;
  readonly taskText: string;
  readonly taskId: string | null;
  readonly reroute: boolean;
  readonly request: RouteRequest;
  /** The agent or role that the tenant's routing file speaks of. */
  readonly governance?: GovernanceAsk | undefined;
  /** A run waits for approval where its role's models are gone for now; a decision alone is refused then. */
  readonly isForRun?: boolean;
  /** "owner/name" of the work, where the request names it. */
  readonly repository?: string | undefined;
  /** The check outside as it was measured there, where the caller has read it already; left out, it is read. */
  readonly verifier?: MeasuredVerifier | null;
  /** What the caller has read already, to decide by just that; left out, it is read. */
  readonly seen?: RunWorld;
  /** Endpoints that whoever carries the decision out cannot call; an agent has logins of its own, a run has not. */
  readonly unreachable?: readonly string[];
}
