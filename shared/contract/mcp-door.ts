import * as z from "zod";
import { type Door, json } from "./door.ts";

/** One JSON-RPC message; everything else about it is the protocol's. */
const messageSchema = z.looseObject({
  jsonrpc: z.literal("2.0"),
  method: z.string(),
  id: z.union([z.string(), z.number()]).optional(),
  params: z.looseObject({}).optional(),
});

/** The doors as tools of the Model Context Protocol; each tool asks for the scope of its own door besides. */
export const MCP_DOORS = {
  mcp: {
    ...json,
    method: "POST",
    path: "/mcp",
    auth: "read",
    headers: ["Accept", "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"],
    summary: "The Model Context Protocol over Streamable HTTP, stateless: one JSON-RPC message a request",
    request: messageSchema,
    bare: true,
  },
} as const satisfies Record<string, Door>;
