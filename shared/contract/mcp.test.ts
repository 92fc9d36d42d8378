import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Door } from "./door.ts";
import { DOORS, type DoorName } from "./doors.ts";
import { MCP_TOOLS, type McpTool, type McpToolName } from "./mcp.ts";

interface Asks {
  /** The doors whose bodies and queries the tool passes on. */
  readonly doors: readonly DoorName[];
  /** Fields of the tool that name what stands in a door's path, or that no door has. */
  readonly own?: readonly string[];
  /** Door's field to the tool's, where it goes by another name or shape. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Fields of the doors that the tool does without, and why. */
  readonly without?: Readonly<Record<string, string>>;
}

const ASKS: Readonly<Record<McpToolName, Asks>> = {
  smartspawn_run_create: {
    doors: ["createRun"],
    own: ["idempotency_key"],
    // smart-spawn's clients send the context as words; smart-spawn asks for a mode.
    renamed: { count: "collectiveCount", context: "context", mode: "mode" },
    without: { dry_run: "nothing is started: spawnpoint_route tells what it would cost" },
  },
  smartspawn_run_status: { doors: ["getRun"], own: ["run_id", "wait_s"] },
  smartspawn_run_result: { doors: ["getRunResult"], own: ["run_id", "wait_s"], renamed: { raw: "include_raw" } },
  smartspawn_artifact_get: { doors: ["getRunArtifact"], own: ["run_id", "node_id"] },
  smartspawn_run_list: {
    doors: ["listRuns"],
    renamed: { status: "status", limit: "limit" },
    without: { cursor: "200 runs are as many as smart-spawn's tool tells" },
  },
  smartspawn_run_cancel: { doors: ["cancelRun"], own: ["run_id"] },
  smartspawn_health: { doors: [] },
  spawnpoint_classify: { doors: ["classify"] },
  spawnpoint_route: { doors: ["route"] },
  spawnpoint_models: { doors: ["listModels"], renamed: { limit: "limit" } },
  spawnpoint_outcome: { doors: ["recordOutcome"] },
  spawnpoint_verdict: { doors: ["giveVerdict", "giveRunVerdict"], own: ["decision_id", "run_id"] },
  spawnpoint_approve: { doors: ["approveDecision", "approveRun"], own: ["decision_id", "run_id"] },
};
const NAMES = Object.keys(MCP_TOOLS) as McpToolName[];

type Json = Readonly<Record<string, unknown>>;

const toJson = (schema: z.ZodType, io: "input" | "output" = "input"): Json =>
  z.toJSONSchema(schema, { io, unrepresentable: "any" });

/** A field's schema without its words. */
const plain = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema), (key, value) => (key === "description" ? undefined : value));

const fieldsOf = (schema: z.ZodType | undefined): Json =>
  schema === undefined ? {} : Object(toJson(schema).properties ?? {});

describe.each(NAMES)("%s", (name) => {
  const tool: McpTool = MCP_TOOLS[name];
  const { doors, own = [], renamed = {}, without = {} } = ASKS[name];
  const offered = fieldsOf(tool.input);
  const asked = doors.flatMap((door) => {
    const { request, query }: Door = DOORS[door];
    return [...Object.entries(fieldsOf(request)), ...Object.entries(fieldsOf(query))];
  });

  it("takes every field of its doors, of the same shape, but those that are named here", () => {
    for (const [field, shape] of asked) {
      if (Object.hasOwn(without, field)) continue;
      expect(Object.keys(offered)).toContain(renamed[field] ?? field);
      if (!Object.hasOwn(renamed, field)) expect([field, plain(offered[field])]).toEqual([field, plain(shape)]);
    }
    const known = new Set([...own, ...asked.map(([field]) => renamed[field] ?? field)]);
    expect(Object.keys(offered).filter((field) => !known.has(field))).toEqual([]);
    const there = new Set(asked.map(([field]) => field));
    expect([...Object.keys(renamed), ...Object.keys(without)].filter((field) => !there.has(field))).toEqual([]);
  });

  it("has schemas that every host can read: objects, with no choice at the root, closed for what is sent", () => {
    for (const io of ["input", "output"] as const) {
      const json = toJson(tool[io], io);
      expect(json).toMatchObject({ type: "object", properties: expect.any(Object) });
      for (const choice of ["anyOf", "oneOf", "allOf", "$ref"]) expect(json).not.toHaveProperty(choice);
    }
    expect(toJson(tool.input)).toMatchObject({ additionalProperties: false });
  });
});
