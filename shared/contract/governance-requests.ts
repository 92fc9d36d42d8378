import * as z from "zod";
import { COMPLEXITY_TIERS, DISPATCH_MODES } from "../policy/governance/routing-file.ts";
import { queryNumber, taskField } from "./fields.ts";
import { governanceNameField as nameField } from "./governance-ask.ts";
import { contextSchema } from "./route.ts";

export const governanceQuerySchema = z.strictObject({
  dry_run: z.stringbool().optional(),
  expected_version: queryNumber.pipe(z.int().min(0)).optional(),
});

const riskSchema = z.strictObject({
  category: z.string().max(200),
  applicability: z.string().max(100),
  impact: z.string().max(100),
  disposition: z.string().max(100),
});

/** POST /api/governance/resolve. Without tier and task the role's top level is answered. */
export const resolveGovernanceSchema = z
  .strictObject({
    agent: nameField.optional(),
    role: nameField.optional(),
    tier: z.enum(COMPLEXITY_TIERS).optional(),
    mode: z.enum(DISPATCH_MODES).optional(),
    /** Classified for its tier and its risk; never stored. */
    task: taskField.optional(),
    context: contextSchema.optional(),
    /** Risks that a plan names; those of the task come on top. */
    risks: z.array(riskSchema).max(50).optional(),
    /** Models that failed a moment ago, as the file or the catalogue names them. */
    unavailable: z.array(nameField).max(50).optional(),
    /** Keeps the resolution as telemetry; takes scope feedback. */
    record: z.boolean().optional(),
  })
  .refine(({ agent, role }) => agent !== undefined || role !== undefined, {
    error: "expected an agent or a role",
    path: ["role"],
  });
export type ResolveGovernanceBody = z.output<typeof resolveGovernanceSchema>;

export const governanceReportQuerySchema = z.strictObject({
  days: queryNumber.pipe(z.int().min(1).max(90)).optional(),
});

export const governanceExportQuerySchema = z.strictObject({
  cursor: z.string().max(200).optional(),
  limit: queryNumber.pipe(z.int().min(1).max(1_000)).optional(),
});
