import type { DecideInput, DecisionCore } from "../../shared/policy/decision.ts";
import type { GovernedRecord } from "../../shared/policy/governance/governed-record.ts";
import { type Digests, RECEIPT_VERSION, type Receipt } from "../../shared/policy/receipt.ts";
import type { DecisionRecord } from "../platform/d1/decisions-store.ts";
import type { RouterDeps, World } from "./deps.ts";
import type { ClassifierDescription } from "./inference/classifier.ts";
import type { RouteCommand } from "./route-command.ts";

export interface Decided {
  readonly command: RouteCommand;
  readonly input: DecideInput;
  readonly core: DecisionCore;
  readonly governed: GovernedRecord | null;
  readonly policyVersion: number;
  readonly digests: Digests;
}

/**
 * A repeat may be answered from a stored decision only while policy, constants, catalogue and model are those it was
 * made with. Digests are compared too: a release may change the shipped policy and the constants under the same version.
 */
export const isCurrent = (record: DecisionRecord, world: World, identity: ClassifierDescription): boolean =>
  record.policyVersion === world.policy.version &&
  record.receipt.policyDigest === world.digests.policy &&
  record.receipt.parametersDigest === world.digests.parameters &&
  record.catalogVersion === world.catalog.version &&
  record.modelSha256 === identity.model?.sha256;

function toReceipt(decided: Decided, inputDigest: string, promptStored: boolean): Receipt {
  const { classification, request, policy, catalog, outcomes, providerState, governance, verifier } = decided.input;
  return {
    version: RECEIPT_VERSION,
    parametersDigest: decided.digests.parameters,
    policyDigest: decided.digests.policy,
    inputDigest,
    promptStored,
    classification,
    request,
    policyVersion: String(decided.policyVersion),
    // The shipped default is in no store, and a later release may ship another.
    policy: decided.policyVersion === 0 ? policy : null,
    catalogVersion: catalog.version,
    modelSha256: classification.model.sha256,
    outcomes,
    providerState,
    governance,
    verifier,
    repository: decided.command.repository ?? null,
  };
}

/** The row of a new decision with its receipt; the prompt text goes in only where the tenant's policy says so. */
export async function toDecisionRecord(
  decided: Decided,
  deps: Pick<RouterDeps, "sha256Hex" | "newId" | "nowMs">,
): Promise<DecisionRecord> {
  const { command, input, core, governed, policyVersion } = decided;
  const inputDigest = await deps.sha256Hex(command.taskText);
  const promptText = input.policy.storePromptText ? command.taskText : null;
  return {
    id: deps.newId("dec"),
    tenantId: command.tenantId,
    taskId: command.taskId,
    inputDigest,
    promptText,
    core,
    classification: input.classification,
    receipt: toReceipt(decided, inputDigest, promptText !== null),
    ...(governed === null ? {} : { governed }),
    policyVersion,
    catalogVersion: input.catalog.version,
    modelSha256: input.classification.model.sha256,
    requestedBy: command.requestedBy,
    createdAtMs: deps.nowMs(),
    attempt: 0,
    state: "open",
    closedAtMs: null,
  };
}
