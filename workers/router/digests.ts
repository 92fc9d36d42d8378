import { toCanonicalJson } from "../../shared/base/canonical-json.ts";
import parameters from "../../shared/data/parameters.json" with { type: "json" };
import type { Policy } from "../../shared/policy/policy.ts";
import type { Digests } from "../../shared/policy/receipt.ts";

const PARAMETERS_TEXT = toCanonicalJson(parameters);

/** SHA-256 of what a decision rests on beside the request: the policy, and the rule's constants as shipped here. */
export async function toDigests(policy: Policy, sha256Hex: (text: string) => Promise<string>): Promise<Digests> {
  return { policy: await sha256Hex(toCanonicalJson(policy)), parameters: await sha256Hex(PARAMETERS_TEXT) };
}
