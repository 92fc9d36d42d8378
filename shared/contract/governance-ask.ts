import * as z from "zod";
import { COMPLEXITY_TIERS, DISPATCH_MODES } from "../policy/governance/routing-file.ts";

/** An agent or a role, as a routing file names it. */
export const governanceNameField = z.string().min(1).max(200);

/**
 * Whom a request speaks for: an agent, a role, or both where they agree. It is an object of its own because a run's `role`
 * is a block of its prompt. `tier` is read off the task where it is not said. The default mode is deterministic: the
 * role's own models and no others; auto lets the rule pick within the role's constraints.
 */
export const governanceAskSchema = z
  .strictObject({
    agent: governanceNameField.optional(),
    role: governanceNameField.optional(),
    tier: z.enum(COMPLEXITY_TIERS).optional(),
    mode: z.enum(DISPATCH_MODES).optional(),
  })
  .refine(({ agent, role }) => agent !== undefined || role !== undefined, {
    error: "expected an agent or a role",
    path: ["role"],
  });
export type GovernanceAskBody = z.output<typeof governanceAskSchema>;
