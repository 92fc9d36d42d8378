import * as z from "zod";
import { ok, type Result } from "../../../shared/base/result.ts";
import { DECISION_STATES, type DecisionState } from "../../../shared/contract/decisions.ts";
import type { DecisionCore } from "../../../shared/policy/decision.ts";
import type { GovernedRecord } from "../../../shared/policy/governance/governed-record.ts";
import type { Receipt } from "../../../shared/policy/receipt.ts";
import type { Classification } from "../../../shared/task/classification.ts";
import type { decisions } from "./decisions-tables.ts";
import { parseStored, parseStoredJson } from "./parse-stored.ts";
import { storedClassificationSchema, storedCoreSchema, storedReceiptSchema } from "./stored-decision.ts";
import { governedColumnSchema } from "./stored-governed.ts";

/** A decision as it is kept: what was decided, what recomputes it, and where its attempts stand. Times in ms. */
export interface DecisionRecord {
  readonly id: string;
  readonly tenantId: string;
  readonly taskId: string | null;
  readonly inputDigest: string;
  /** null unless the tenant's policy stores prompts. */
  readonly promptText: string | null;
  readonly core: DecisionCore;
  readonly classification: Classification;
  readonly receipt: Receipt;
  /** What the tenant's routing file said, where the request named an agent or a role; kept with the receipt. */
  readonly governed?: GovernedRecord;
  readonly policyVersion: number;
  readonly catalogVersion: string;
  readonly modelSha256: string;
  /** Id of the key that asked, or "anonymous". */
  readonly requestedBy: string;
  readonly createdAtMs: number;
  /** Index into the sequence of attempts (shared/run/attempts.ts). */
  readonly attempt: number;
  readonly state: DecisionState;
  readonly closedAtMs: number | null;
}

/** A decision without the receipt, which only recomputing it reads and which is by far its largest part. */
export type DecisionSummary = Omit<DecisionRecord, "receipt" | "governed">;

type DecisionRow = typeof decisions.$inferSelect;

export function toDecisionRow({ core, receipt, governed, ...record }: DecisionRecord): DecisionRow {
  const { classification, ...rest } = receipt;
  return {
    ...record,
    core: JSON.stringify(core),
    classification: JSON.stringify(classification),
    receipt: JSON.stringify({ ...rest, governed }),
    modelId: core.pick.model,
    complexity: classification.complexity.label,
    taskType: classification.task_type.label,
    risk: classification.risk.label,
  };
}

/** A row read without its receipt, parsed back into typed values. Fault: malformed_data. */
export function toDecisionSummary(row: Omit<DecisionRow, "receipt">): Result<DecisionSummary> {
  const what = `decision ${row.id}`;
  const core = parseStoredJson(storedCoreSchema, `core of ${what}`, row.core);
  if (!core.ok) return core;
  const classification = parseStoredJson(storedClassificationSchema, `classification of ${what}`, row.classification);
  if (!classification.ok) return classification;
  const state = parseStored(z.enum(DECISION_STATES), `state of ${what}`, row.state);
  if (!state.ok) return state;
  const { modelId: _model, complexity: _complexity, taskType: _taskType, risk: _risk, ...plain } = row;
  return ok({
    ...plain,
    core: core.value,
    classification: classification.value,
    state: state.value,
  });
}

/** The whole row parsed back into typed values. Fault: malformed_data. */
export function toDecisionRecord({ receipt: text, ...row }: DecisionRow): Result<DecisionRecord> {
  const summary = toDecisionSummary(row);
  if (!summary.ok) return summary;
  const receipt = parseStoredJson(storedReceiptSchema, `receipt of decision ${row.id}`, text);
  if (!receipt.ok) return receipt;
  const column = parseStoredJson(governedColumnSchema, `governance of decision ${row.id}`, text);
  if (!column.ok) return column;
  const { classification } = summary.value;
  return ok({ ...summary.value, ...column.value, receipt: { ...receipt.value, classification } });
}
