import { toCanonicalJson } from "../base/canonical-json.ts";
import type { Result } from "../base/result.ts";
import { ok } from "../base/result.ts";
import type { Catalog } from "../catalog/model.ts";
import type { Classification } from "../task/classification.ts";
import { decide } from "./decide.ts";
import type {
  DecisionCore,
  GovernanceConstraints,
  OutcomeSum,
  ProviderState,
  RouteRequest,
  VerifierQuality,
} from "./decision.ts";
import type { Policy } from "./policy.ts";

/** Raised when a field of the receipt changes its meaning. */
export const RECEIPT_VERSION = 1;

/** All that recomputes a decision, beside the catalogue and the policy that it names by version. */
export interface Receipt {
  readonly version: typeof RECEIPT_VERSION;
  /** SHA-256 of the canonical JSON of the rule's constants (data/parameters.json) and of the policy that decided. */
  readonly parametersDigest: string;
  readonly policyDigest: string;
  /** Digest of the TaskText; the text itself only where the tenant stores prompts. */
  readonly inputDigest: string;
  readonly promptStored: boolean;
  readonly classification: Classification;
  readonly request: RouteRequest;
  /** "0" is the shipped default. */
  readonly policyVersion: string;
  /** The policy itself where no store keeps it: that of version 0, which a later release may ship otherwise. */
  readonly policy: Policy | null;
  readonly catalogVersion: string;
  /** Digest of the model file that classified. */
  readonly modelSha256: string;
  /** What the tenant's outcomes on this task type came to, with the weights they had then. */
  readonly outcomes: readonly OutcomeSum[];
  readonly providerState: ProviderState;
  readonly governance: GovernanceConstraints | null;
  readonly verifier: VerifierQuality | null;
  /** "owner/name" in lower case, where the request named it: that of its verdicts, unless they name another. */
  readonly repository: string | null;
}

/** One place where the recomputed decision is another than the stored one; `undefined` where a side has no such member. */
export interface Difference {
  readonly path: string;
  readonly stored: unknown;
  readonly recomputed: unknown;
}

export interface Recomputed {
  readonly equal: boolean;
  readonly differences: readonly Difference[];
}

/** SHA-256 of canonical JSON; made where there is a digest function. */
export interface Digests {
  /** Of the policy that is decided by: `toReceiptPolicy`. */
  readonly policy: string;
  readonly parameters: string;
}

export interface RecomputeInput {
  readonly stored: DecisionCore;
  readonly receipt: Receipt;
  /** Of the version that the receipt names; another one is itself reported as a difference. */
  readonly catalog: Catalog;
  /** Of the version that the receipt names; not read where the receipt holds the policy itself. */
  readonly policy: Policy;
  readonly digests: Digests;
  /** A classification made anew from the stored text; absent = the receipt's own is used. */
  readonly classification?: Classification;
}

const isContainer = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

const toText = (value: unknown): string | undefined => (value === undefined ? undefined : toCanonicalJson(value));

/** Every leaf at which two JSON values differ, by dotted path; list members by their index. */
function toDifferences(path: string, stored: unknown, recomputed: unknown): readonly Difference[] {
  if (toText(stored) === toText(recomputed)) return [];
  const comparable =
    isContainer(stored) && isContainer(recomputed) && Array.isArray(stored) === Array.isArray(recomputed);
  if (!comparable) return [{ path, stored, recomputed }];
  const names = [...new Set([...Object.keys(stored), ...Object.keys(recomputed)])].sort();
  return names.flatMap((name) => toDifferences(path === "" ? name : `${path}.${name}`, stored[name], recomputed[name]));
}

/** The policy to decide again by: the receipt's own where it holds one. */
export const toReceiptPolicy = (receipt: Receipt, stored: Policy): Policy => receipt.policy ?? stored;

/**
 * Decides again from the receipt and compares with the stored decision by canonical JSON. Fault: no_candidates, when
 * the given catalogue and policy leave nothing to pick.
 */
export function recompute(input: RecomputeInput): Result<Recomputed> {
  const { receipt, stored, catalog, digests } = input;
  const policy = toReceiptPolicy(receipt, input.policy);
  const classification = input.classification ?? receipt.classification;
  const decided = decide({ ...receipt, classification, catalog, policy });
  if (!decided.ok) return decided;
  const differences = [
    ...toDifferences("receipt.catalogVersion", receipt.catalogVersion, catalog.version),
    ...toDifferences("receipt.policyDigest", receipt.policyDigest, digests.policy),
    ...toDifferences("receipt.parametersDigest", receipt.parametersDigest, digests.parameters),
    ...toDifferences("receipt.classification", receipt.classification, classification),
    ...toDifferences("", stored, decided.value),
  ];
  return ok({ equal: differences.length === 0, differences });
}
