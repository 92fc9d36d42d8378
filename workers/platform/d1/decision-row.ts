import * as z from "zod";
import { ok, type Result } from "../../../shared/base/result.ts";
import { DECISION_STATES, type DecisionState } from "../../../shared/contract/decisions.ts";
import type { DecisionCore } from "../../../shared/policy/decision.ts";
import type { Receipt } from "../../../shared/policy/receipt.ts";
import type { Classification } from "../../../shared/task/classification.ts";
import type { decisions } from "./decisions-tables.ts";
import { parseStored, parseStoredJson } from "./parse-stored.ts";
import { storedClassificationSchema, storedCoreSchema, storedReceiptSchema } from "./stored-decision.ts";

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

type DecisionRow = typeof decisions.$inferSelect;

export const toDecisionRow = (record: DecisionRecord): DecisionRow => ({
  ...record,
  core: JSON.stringify(record.core),
  classification: JSON.stringify(record.classification),
  receipt: JSON.stringify(record.receipt),
  modelId: record.core.pick.model,
  complexity: record.classification.complexity.label,
  taskType: record.classification.task_type.label,
  risk: record.classification.risk.label,
});

/** The row parsed back into typed values. Fault: malformed_data. */
export function toDecisionRecord(row: DecisionRow): Result<DecisionRecord> {
  const what = `decision ${row.id}`;
  const core = parseStoredJson(storedCoreSchema, `core of ${what}`, row.core);
  if (!core.ok) return core;
  const classification = parseStoredJson(storedClassificationSchema, `classification of ${what}`, row.classification);
  if (!classification.ok) return classification;
  const receipt = parseStoredJson(storedReceiptSchema, `receipt of ${what}`, row.receipt);
  if (!receipt.ok) return receipt;
  const state = parseStored(z.enum(DECISION_STATES), `state of ${what}`, row.state);
  if (!state.ok) return state;
  const { modelId: _model, complexity: _complexity, taskType: _taskType, risk: _risk, ...plain } = row;
  return ok({
    ...plain,
    core: core.value,
    classification: classification.value,
    receipt: receipt.value,
    state: state.value,
  });
}
