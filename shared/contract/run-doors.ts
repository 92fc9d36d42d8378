import { decomposedSchema, decomposeRequestSchema, swarmRequestSchema, swarmSchema } from "./decompose.ts";
import { type Door, json, none } from "./door.ts";
import { composedSchema, composeRequestSchema, roleBlocksSchema } from "./roles.ts";

/** Work in several parts, and the prompts it is given. */
export const RUN_DOORS = {
  decompose: {
    ...json,
    method: "POST",
    path: "/api/decompose",
    auth: "read",
    summary: "Split a task into steps, each with its model",
    request: decomposeRequestSchema,
    response: decomposedSchema,
    bare: true,
  },
  swarm: {
    ...json,
    method: "POST",
    path: "/api/swarm",
    auth: "read",
    summary: "Split a task into a graph of parts that run in waves, each with its model",
    request: swarmRequestSchema,
    response: swarmSchema,
    bare: true,
  },
  listRoleBlocks: {
    ...none,
    method: "GET",
    path: "/api/roles/blocks",
    auth: "read",
    summary: "The role blocks that can enrich a prompt",
    response: roleBlocksSchema,
    bare: true,
  },
  composeRole: {
    ...json,
    method: "POST",
    path: "/api/roles/compose",
    auth: "read",
    summary: "Compose a prompt of role blocks and a task",
    request: composeRequestSchema,
    response: composedSchema,
    bare: true,
  },
} as const satisfies Record<string, Door>;
