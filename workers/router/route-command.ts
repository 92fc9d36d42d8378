import type { RouteRequest } from "../../shared/policy/decision.ts";

/** One parsed request to decide; `taskText` is what the classifier reads. */
export interface RouteCommand {
  readonly tenantId: string;
  readonly requestedBy: string;
  readonly taskText: string;
  readonly taskId: string | null;
  readonly reroute: boolean;
  readonly request: RouteRequest;
  /** Endpoints that whoever carries the decision out cannot call; an agent has logins of its own, a run has not. */
  readonly unreachable?: readonly string[];
}
