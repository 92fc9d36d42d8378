import { ok } from "../../../shared/base/result.ts";
import { roundTo } from "../../../shared/base/stats.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import { attemptEventSchema, type VerifierBody, verifiersQuerySchema } from "../../../shared/contract/verifiers.ts";
import type { MeasuredVerifier } from "../../platform/d1/verifiers-store.ts";
import type { Handler } from "../handler.ts";

const DIGITS = 4;
const rounded = (share: number | null): number | null => (share === null ? null : roundTo(share, DIGITS));

/** POST /api/decisions/:id/events: once a kind and attempt; said again it answers `recorded: false`. */
export const noteAttemptEvent: Handler = async ({ principal, params, body }, deps) => {
  const event = parseWith(attemptEventSchema, body);
  if (!event.ok) return event;
  const { kind, attempt = null, repository = null } = event.value;
  const noted = await deps.noteAttemptEvent({
    id: deps.newId("evt"),
    tenantId: principal.tenantId,
    decisionId: params.id ?? "",
    ...{ attempt, repository, kind },
    createdAtMs: deps.nowMs(),
    createdBy: principal.keyId ?? "anonymous",
  });
  return noted.ok ? ok({ data: { decision_id: params.id ?? "", kind, ...noted.value } }) : noted;
};

function toVerifierBody(verifier: MeasuredVerifier): VerifierBody {
  const { repository, source, acceptedRight, acceptedWrong, rejectedRight, rejectedWrong, unlabelled } = verifier;
  return {
    ...{ repository, source, n: acceptedRight + acceptedWrong + rejectedRight + rejectedWrong },
    ...{ accepted_right: acceptedRight, accepted_wrong: acceptedWrong },
    ...{ rejected_right: rejectedRight, rejected_wrong: rejectedWrong, unlabelled },
    ...{ tpr: rounded(verifier.tpr), tnr: rounded(verifier.tnr), j: rounded(verifier.j) },
    ...{ j_lower: rounded(verifier.jLower), may_gate: verifier.mayGate },
  };
}

/** GET /api/verifiers */
export const listVerifiers: Handler = async ({ principal, query }, deps) => {
  const asked = parseWith(verifiersQuerySchema, query);
  if (!asked.ok) return asked;
  const verifiers = await deps.readVerifiers(principal.tenantId, asked.value.repository ?? null);
  return verifiers.ok ? ok({ data: verifiers.value.map(toVerifierBody) }) : verifiers;
};
