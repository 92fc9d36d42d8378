import type * as z from "zod";
import { policySchema } from "../../../shared/contract/policy-document.ts";
import type { Policy } from "../../../shared/policy/policy.ts";

/** A policy as it is stored: the domain value itself, in the ranges that the door holds it to. */
export const storedPolicySchema: z.ZodType<Policy> = policySchema;
