import type { Fault } from "../../shared/base/fault.ts";
import { fail, type Result } from "../../shared/base/result.ts";
import type { Effort } from "../../shared/catalog/model.ts";
import type { DecideInput } from "../../shared/policy/decision.ts";
import type { GovernedRecord } from "../../shared/policy/governance/governed-record.ts";
import { toGovernanceEvent } from "../../shared/policy/governance/telemetry.ts";
import type { DecisionRecord } from "../platform/d1/decisions-store.ts";
import type { GovernanceEventRow } from "../platform/d1/governance-events-store.ts";
import type { RouterDeps } from "./deps.ts";
import type { GovernedStep } from "./govern-plan.ts";
import { type AskedWorld, governTask } from "./govern-task.ts";

interface Told {
  readonly tenantId: string;
  readonly source: GovernanceEventRow["source"];
  readonly decisionId: string | null;
  readonly runId: string | null;
  readonly stepId: string | null;
  readonly used: { readonly modelId: string; readonly effort: Effort } | null;
}

/** One row of telemetry: what a role came to, its outcome still open. */
export function toGovernanceRow(
  { version, resolution, pick }: Omit<GovernedRecord, "ask">,
  { tenantId, source, ...told }: Told,
  deps: Pick<RouterDeps, "nowMs" | "newId">,
): GovernanceEventRow {
  const atMs = deps.nowMs();
  const event = toGovernanceEvent({ ...told, resolution, pick, atMs, governanceVersion: String(version) });
  return { ...event, id: deps.newId("gov"), tenantId, source, updatedAtMs: atMs };
}

/** What is told of a new decision; nothing where governance had no say. */
export function toDecisionEvents(
  { governed, core, tenantId, id }: DecisionRecord,
  deps: Pick<RouterDeps, "nowMs" | "newId">,
): readonly GovernanceEventRow[] {
  if (governed === undefined) return [];
  const used = { modelId: core.pick.model, effort: core.pick.effort };
  return [
    toGovernanceRow(governed, { tenantId, source: "decision", decisionId: id, runId: null, stepId: null, used }, deps),
  ];
}

/** What is told of a step of a run that is being accepted. */
export function toStepEvent(
  { stepId, governed, used }: GovernedStep,
  of: { readonly tenantId: string; readonly decisionId: string; readonly runId: string },
  deps: Pick<RouterDeps, "nowMs" | "newId">,
): GovernanceEventRow {
  const { model: modelId, effort } = used;
  return toGovernanceRow(governed, { ...of, stepId, source: "step", used: { modelId, effort } }, deps);
}

/** A role whose models are gone is told of too, though nothing is decided: the report counts how often that is. */
export async function tellRefusal(
  fault: Fault,
  of: { readonly tenantId: string; readonly plain: DecideInput; readonly asked: AskedWorld | null },
  deps: Pick<RouterDeps, "nowMs" | "newId" | "saveGovernanceEvents">,
): Promise<Result<never>> {
  const { tenantId, plain, asked } = of;
  if (fault.kind !== "models_exhausted" || asked === null) return fail(fault);
  const governed = governTask(asked.ask, plain, asked.world);
  if (!governed.ok) return governed;
  const told = { tenantId, source: "decision", decisionId: null, runId: null, stepId: null, used: null } as const;
  const saved = await deps.saveGovernanceEvents([toGovernanceRow(governed.value, told, deps)]);
  return saved.ok ? fail(fault) : saved;
}
