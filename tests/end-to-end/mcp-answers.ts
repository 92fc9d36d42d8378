import { expect } from "vitest";
import { MCP_TOOLS, type McpTool } from "../../shared/contract/mcp.ts";
import type { Called } from "./mcp-clients.ts";

/** What a tool answered: its structure is the same as its text, and of its output schema. */
export function toValue(name: keyof typeof MCP_TOOLS, called: Called) {
  expect(called.isError, called.text).toBe(false);
  expect(JSON.parse(called.text)).toEqual(called.structured);
  const tool: McpTool = MCP_TOOLS[name];
  expect(() => tool.output.parse(called.structured)).not.toThrow();
  return JSON.parse(called.text);
}

/** What it said instead, as an error of the tool. */
export const errorOf = (called: Called) => {
  expect(called.isError, called.text).toBe(true);
  return JSON.parse(called.text);
};
