import { encodeUtf8 } from "../../shared/base/utf8.ts";
import type { DecisionRecord } from "../platform/d1/decisions-store.ts";
import type { NewVerdict } from "../platform/d1/verdicts-store.ts";
import type { AttemptFacts } from "./attempt-facts.ts";
import type { RouterDeps } from "./deps.ts";

/** A verdict without what it makes of the decision. */
type VerdictRow = Omit<NewVerdict, "nextState" | "nextModelId">;

interface SaidVerdict extends Pick<VerdictRow, "attempt" | "accepted" | "source" | "answeredBy" | "isHeld"> {
  /** By the word of whoever judged; null = that of the decision. */
  readonly repository: string | null;
  readonly evidence: string | null;
  /** Who judged. */
  readonly by: string;
  readonly facts: AttemptFacts;
}

/** What is kept of a verdict, whoever it came through: of its evidence only digest and length. */
export async function toVerdictRow(
  { id: decisionId, tenantId, receipt }: DecisionRecord,
  { attempt, accepted, source, answeredBy, isHeld = false, repository, evidence, by, facts }: SaidVerdict,
  deps: Pick<RouterDeps, "newId" | "nowMs" | "sha256Hex">,
): Promise<VerdictRow> {
  return {
    id: deps.newId("ver"),
    ...{ decisionId, tenantId, attempt, accepted, source, isHeld, ...facts },
    answeredBy: answeredBy ?? null,
    repository: repository ?? receipt.repository,
    evidenceSha256: evidence === null ? null : await deps.sha256Hex(evidence),
    evidenceBytes: evidence === null ? 0 : encodeUtf8(evidence).length,
    createdAtMs: deps.nowMs(),
    createdBy: by,
  };
}
