import * as z from "zod";
import { type Door, json, none } from "./door.ts";
import { attemptEventAnswerSchema, attemptEventSchema, verifierSchema, verifiersQuerySchema } from "./verifiers.ts";

/** What became of judged work, and what that says of those who judge. */
export const VERIFIER_DOORS = {
  noteAttemptEvent: {
    ...json,
    method: "POST",
    path: "/api/decisions/:id/events",
    auth: "feedback",
    summary: "Tell what became of an attempt's change: reverted, reopened, edited by a person, discarded, or kept",
    request: attemptEventSchema,
    response: attemptEventAnswerSchema,
  },
  listVerifiers: {
    ...none,
    method: "GET",
    path: "/api/verifiers",
    auth: "read",
    summary: "How good the verdicts of each source were in each repository, and whether they may gate",
    query: verifiersQuerySchema,
    response: z.array(verifierSchema),
  },
} as const satisfies Record<string, Door>;
