import * as z from "zod";
import type { Result } from "../../shared/base/result.ts";
import type { RoleBlockIds } from "../../shared/prompt/compose-role.ts";
import type { Plan } from "../../shared/run/job.ts";
import type { PlanDraft } from "../../shared/run/planned-parts.ts";
import { type GovernanceEventRow, rowSchema } from "./d1/governance-events-store.ts";
import type { PlanningFacts, RunModel } from "./d1/run-row.ts";
import { storedModelsSchema, storedPlanSchema } from "./d1/stored-run.ts";

/** A plan that the executor has drafted, and what its parts are decided by. Plain values: it crosses a service binding. */
export interface PlanAsk {
  readonly tenantId: string;
  readonly runId: string;
  readonly decisionId: string;
  /** Where the decision stood when the run was accepted: models that had been rejected are not asked again. */
  readonly attempt: number;
  readonly mode: "plan" | "swarm";
  readonly facts: PlanningFacts;
  /** Without its context. */
  readonly task: string;
  readonly stack: readonly string[];
  /** The role that was asked for, by its blocks. */
  readonly role?: RoleBlockIds;
  readonly draft: PlanDraft;
  /** Whether somebody approved the run before its parts were known. */
  readonly isApproved: boolean;
}

/** The steps that follow a plan step, their models at their prices, and the words of their parts by id. */
export interface ExpandedPlan {
  readonly plan: Plan;
  readonly models: readonly RunModel[];
  readonly parts: Readonly<Record<string, string>>;
  /** Role texts of those parts that have one of their own. */
  readonly roles: Readonly<Record<string, string>>;
  /** Why a person has to look before any of it starts; null = nobody has to. */
  readonly gateReason: string | null;
  /** What governance said of the steps; to be kept with them. */
  readonly governanceEvents: readonly GovernanceEventRow[];
}

/** The router's door for the executor; reached by a service binding, never over HTTP. */
export interface PlanDoor {
  expandPlan(ask: PlanAsk): Promise<Result<ExpandedPlan>>;
}

/** An answer of the door before it is stored: the other side may be of another release. */
export const expandedPlanSchema: z.ZodType<ExpandedPlan> = z.object({
  plan: storedPlanSchema,
  models: storedModelsSchema,
  parts: z.record(z.string(), z.string()),
  roles: z.record(z.string(), z.string()),
  gateReason: z.string().nullable(),
  governanceEvents: z.array(rowSchema),
});
