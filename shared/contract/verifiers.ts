import * as z from "zod";
import { ATTEMPT_EVENT_KINDS } from "../policy/verifier-quality.ts";
import { VERDICT_SOURCES } from "./decisions.ts";
import { repositoryField } from "./fields.ts";

/** POST /api/decisions/:id/events: what became of an attempt's change after its verdict. */
export const attemptEventSchema = z.strictObject({
  kind: z.enum(ATTEMPT_EVENT_KINDS),
  /** The attempt whose change it was; default the one at which the decision stands. */
  attempt: z.int().min(0).max(20).optional(),
  /** Default the repository that the attempt's verdict named. */
  repository: repositoryField.optional(),
});

export const attemptEventAnswerSchema = z.object({
  decision_id: z.string(),
  attempt: z.int(),
  kind: z.enum(ATTEMPT_EVENT_KINDS),
  /** False where this was told before. */
  recorded: z.boolean(),
});

/** GET /api/verifiers */
export const verifiersQuerySchema = z.strictObject({ repository: repositoryField.optional() });

/** What one source's verdicts in one repository were worth against what became of the attempts; null = nothing labelled. */
export const verifierSchema = z
  .object({
    repository: z.string(),
    source: z.enum(VERDICT_SOURCES),
    /** Verdicts whose truth is known. */
    n: z.int(),
    accepted_right: z.int(),
    accepted_wrong: z.int(),
    rejected_right: z.int(),
    rejected_wrong: z.int(),
    /** Verdicts of which nothing is known yet. */
    unlabelled: z.int(),
    /** P(accepted | right): of labelled verdicts, an upper estimate. */
    tpr: z.number().nullable(),
    /** P(rejected | wrong): of labelled verdicts, an upper estimate. */
    tnr: z.number().nullable(),
    j: z.number().nullable(),
    /** Lower end of the 95 % interval of j. */
    j_lower: z.number().nullable(),
    may_gate: z.boolean(),
  })
  .meta({ id: "Verifier" });
export type VerifierBody = z.output<typeof verifierSchema>;
