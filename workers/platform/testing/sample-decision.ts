import { type Attempt, type DecisionCore, type Pick, PLAIN_REQUEST } from "../../../shared/policy/decision.ts";
import { defaultPolicy } from "../../../shared/policy/policy.ts";
import { RECEIPT_VERSION } from "../../../shared/policy/receipt.ts";
import type { Classification } from "../../../shared/task/classification.ts";
import type { DecisionRecord } from "../d1/decisions-store.ts";

const expected = { success: 0.7, costMicroUsd: 250_000, minutes: 4, utilityUsd: 3.25 };

const samplePick = (model: string): Pick => ({
  model,
  effort: "default",
  vendor: model.split("/")[0] ?? "",
  provider: "openrouter",
  driverKind: "api",
  priceTier: "standard",
  expected,
  flags: ["profile_cost"],
});

const sampleAttempt = (model: string): Attempt => ({ ...samplePick(model), expectedInTurn: expected, fallbacks: [] });

const classification: Classification = {
  complexity: { label: "medium", confidence: 0.6, probabilities: { easy: 0.2, medium: 0.6, hard: 0.2 } },
  task_type: {
    label: "bugfix",
    confidence: 0.93,
    probabilities: {
      bugfix: 0.93,
      feature: 0.01,
      refactor: 0.01,
      test: 0.01,
      design: 0.01,
      docs: 0.01,
      migration: 0.01,
      exploration: 0.01,
    },
  },
  risk: { label: "low", confidence: 0.8, probabilities: { low: 0.8, medium: 0.15, high: 0.05 } },
  complexity_sub: { reasoning_depth: 0.5, scope_breadth: 0.5, domain_knowledge: 0.5, spec_completeness: 0.5 },
  risk_sub: { security_surface: 0.1, data_sensitivity: 0.1, production_exposure: 0.1, reversal_cost: 0.1 },
  overall_confidence: 0.6,
  abstained: false,
  abstained_heads: [],
  out_of_scope: null,
  high_risk_probability: null,
  category: null,
  engine: "onnx",
  model: { name: "kickoff-1", version: "1", sha256: "ab".repeat(32) },
  tokens: 12,
  truncated: false,
};

const core: DecisionCore = {
  pick: samplePick("vendor/small"),
  expected,
  mode: "single",
  modeComparison: { chosen: "single", reason: "no verifier", singleUtilityUsd: 3.25, cascadeUtilityUsd: null },
  chain: [sampleAttempt("vendor/small")],
  escalation: [sampleAttempt("vendor/large")],
  escalationEnd: "none_left",
  maxMicroUsd: null,
  alternatives: [samplePick("vendor/small"), samplePick("vendor/large")],
  gate: { requiresApproval: false, reason: "low risk" },
  rationale: "about right",
  domain: "agentic_coding",
  value: { microUsd: 5_000_000, from: "policy", weighted: true },
  floor: { applied: false, margin: null, bestSuccess: 0.8 },
  candidates: { considered: 40, removed: { band: 3 } },
};

/** An open decision of tenant `t1` with the given fields in place of the sample's. */
export const sampleDecision = (fields: Partial<DecisionRecord> & { readonly id: string }): DecisionRecord => ({
  tenantId: "t1",
  taskId: null,
  inputDigest: "cd".repeat(32),
  promptText: null,
  core,
  classification,
  receipt: {
    version: RECEIPT_VERSION,
    parametersDigest: "ef".repeat(32),
    policyDigest: "01".repeat(32),
    inputDigest: "cd".repeat(32),
    promptStored: false,
    classification,
    request: PLAIN_REQUEST,
    policyVersion: "0",
    policy: defaultPolicy,
    catalogVersion: "c1",
    modelSha256: "ab".repeat(32),
    outcomes: [{ modelId: "vendor/small", residual: 0.2, weight: 0.5, count: 1 }],
    providerState: { excluded: [], penalties: [] },
    governance: null,
    verifier: null,
    repository: null,
  },
  policyVersion: 0,
  catalogVersion: "c1",
  modelSha256: "ab".repeat(32),
  requestedBy: "key_1",
  createdAtMs: 1_000,
  attempt: 0,
  state: "open",
  closedAtMs: null,
  ...fields,
});
