import { formatUsd } from "../base/format.ts";
import type { Candidate } from "./candidate.ts";
import type { Chain, ChainVerifier } from "./chain.ts";
import { findBestChain } from "./chain.ts";
import type { Choice } from "./choose.ts";
import type { DecideInput, ModeComparison, VerifierQuality } from "./decision.ts";
import { PARAMETERS } from "./parameters.ts";
import type { TaskTerms } from "./task-terms.ts";

export interface ModeChoice {
  /** The chain that runs; null for every mode but cascade, and for a cascade asked for where only one model is left. */
  readonly chain: Chain | null;
  readonly comparison: ModeComparison;
}

type ModeInput = Pick<DecideInput, "request" | "verifier">;

interface ModeContext {
  readonly choice: Choice;
  readonly candidates: readonly Candidate[];
  readonly terms: TaskTerms;
}

/**
 * The verifier a cascade may rest on without being asked for: an external check that the request declares (assumed J
 * until its own was measured), or a verifier whose measured lower bound is good enough. null = none.
 */
function toTrustedVerifier({ request, verifier }: ModeInput): ChainVerifier | null {
  const { externalJ, minJLower } = PARAMETERS.cascade;
  if (request.verifier === "external" && verifier?.kind !== "external") return { j: externalJ, microUsdPerVerdict: 0 };
  return verifier !== null && verifier.jLower >= minJLower ? verifier : null;
}

/** For a cascade that was asked for outright: what is known of the verifier, else the least J that would be trusted. */
function toAnyVerifier(input: ModeInput): ChainVerifier {
  const unmeasured: ChainVerifier = { j: PARAMETERS.cascade.minJLower, microUsdPerVerdict: 0 };
  return toTrustedVerifier(input) ?? input.verifier ?? unmeasured;
}

function withoutTrust(verifier: VerifierQuality | null): string {
  return verifier === null
    ? "no verifier of known quality, so no cascade was valued"
    : `the verifier's measured lower bound ${verifier.jLower.toFixed(2)} is under ${PARAMETERS.cascade.minJLower}`;
}

const withoutChain = ({ maxMicroUsd }: ModeInput["request"]): string =>
  maxMicroUsd === null ? "only one model is left" : `no second attempt fits into ${formatUsd(maxMicroUsd / 1e6)}`;

function compareCascade(chain: Chain | null, single: Candidate): Pick<ModeComparison, "chosen" | "reason"> | null {
  if (chain === null) return null;
  const gainUsd = chain.utilityUsd - single.utilityUsd;
  return gainUsd > 0
    ? {
        chosen: "cascade",
        reason: `verified attempts are worth about ${formatUsd(gainUsd)} more than one attempt`,
      }
    : { chosen: "single", reason: "no cascade is worth more than one attempt" };
}

/** An explicit mode wins; else single, unless a trusted verifier makes some chain worth more than the single pick. */
export function chooseMode(input: ModeInput, { choice, candidates, terms }: ModeContext): ModeChoice {
  const asked = input.request.mode;
  const verifier = asked === "cascade" ? toAnyVerifier(input) : asked === null ? toTrustedVerifier(input) : null;
  const best =
    verifier === null
      ? null
      : findBestChain(candidates, choice, { terms, verifier, maxMicroUsd: input.request.maxMicroUsd });
  const utilities = {
    singleUtilityUsd: choice.pick.utilityUsd,
    cascadeUtilityUsd: best?.utilityUsd ?? null,
  };
  if (asked === "cascade" && best === null) {
    const reason = `a cascade was asked for, but ${withoutChain(input.request)}`;
    return { chain: null, comparison: { chosen: "single", reason, ...utilities } };
  }
  if (asked !== null) {
    const unmeasured = asked === "cascade" && toTrustedVerifier(input) === null ? ", on an uncalibrated verifier" : "";
    const single =
      asked === "single" || asked === "cascade" ? "" : "; chance, cost and time are those of one call by this model";
    return { chain: best, comparison: { chosen: asked, reason: `asked for${unmeasured}${single}`, ...utilities } };
  }
  if (verifier === null)
    return { chain: null, comparison: { chosen: "single", reason: withoutTrust(input.verifier), ...utilities } };
  const verdict = compareCascade(best, choice.pick) ?? {
    chosen: "single" as const,
    reason: `${withoutChain(input.request)}, so there is no cascade`,
  };
  return { chain: verdict.chosen === "cascade" ? best : null, comparison: { ...verdict, ...utilities } };
}
