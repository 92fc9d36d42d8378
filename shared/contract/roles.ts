import * as z from "zod";
import type { ComposedRole } from "../prompt/compose-role.ts";
import { ROLE_BLOCKS } from "../prompt/role-blocks.ts";
import { taskField } from "./fields.ts";

const ID_MAX_CHARS = 100;
const IDS_MAX = 100;

const idField = z.string().max(ID_MAX_CHARS).nullable().optional();
const idsField = z.array(z.string().max(ID_MAX_CHARS)).max(IDS_MAX);

/** The blocks that enrich a prompt, by id; an id that names no block is a warning in the answer. */
export const roleFields = {
  persona: idField,
  stack: idsField.optional(),
  domain: idField,
  format: idField,
  guardrails: idsField.optional(),
};

/** POST /api/roles/compose */
export const composeRequestSchema = z.strictObject({ task: taskField, ...roleFields });

export const composedSchema = z
  .object({
    hasRole: z.boolean(),
    persona: z.string().nullable(),
    personaTitle: z.string().nullable(),
    stack: z.array(z.string()),
    domain: z.string().nullable(),
    format: z.string().nullable(),
    guardrails: z.array(z.string()),
    wordCount: z.int(),
    fullPrompt: z.string(),
    /** Only where an id named no block. */
    warnings: z.array(z.string()).optional(),
  })
  .meta({ id: "ComposedRole" });
export type ComposedBody = z.output<typeof composedSchema>;

const sizedBlock = z.object({ id: z.string(), instructions: z.int() });
export const roleBlocksSchema = z
  .object({
    personas: z.array(z.object({ id: z.string(), title: z.string(), core: z.string() })),
    stack: z.array(sizedBlock),
    domains: z.array(sizedBlock),
    formats: z.array(sizedBlock),
    guardrails: z.array(z.string()),
    counts: z.object({
      personas: z.int(),
      stack: z.int(),
      domains: z.int(),
      formats: z.int(),
      guardrails: z.int(),
    }),
  })
  .meta({ id: "RoleBlocks" });
export type RoleBlocksBody = z.output<typeof roleBlocksSchema>;

/** A composed role as it is answered. */
export const toComposedBody = ({ warnings, ...composed }: ComposedRole): ComposedBody => ({
  ...composed,
  stack: [...composed.stack],
  guardrails: [...composed.guardrails],
  ...(warnings.length === 0 ? {} : { warnings: [...warnings] }),
});

const toSized = (blocks: ReadonlyMap<string, readonly string[]>) =>
  [...blocks].map(([id, lines]) => ({ id, instructions: lines.length }));

/** GET /api/roles/blocks */
export function toRoleBlocksBody(): RoleBlocksBody {
  const { personas, stack, domains, formats, guardrails } = ROLE_BLOCKS;
  return {
    personas: [...personas].map(([id, { title, core }]) => ({ id, title, core })),
    stack: toSized(stack),
    domains: toSized(domains),
    formats: toSized(formats),
    guardrails: [...guardrails.keys()],
    counts: {
      personas: personas.size,
      stack: stack.size,
      domains: domains.size,
      formats: formats.size,
      guardrails: guardrails.size,
    },
  };
}
