import * as z from "zod";
import type { Result } from "../../../shared/base/result.ts";
import { fail, ok } from "../../../shared/base/result.ts";
import { decisionSchema } from "../../../shared/contract/decisions.ts";
import { readArtifact } from "./mcp-artifact.ts";
import { readAnswer, type ToolWorld, toSameAnswer } from "./mcp-tool.ts";

/** How many of the newest decisions are listed; each id that a tool answered can be read besides. */
const LISTED = "20";

export const RESOURCE_TEMPLATES = [
  {
    name: "decision",
    title: "A decision",
    uriTemplate: "spawnpoint://decisions/{id}",
    description: "Who should do a task, and why",
    mimeType: "application/json",
  },
  {
    name: "artifact",
    title: "An artifact of a run",
    uriTemplate: "spawnpoint://runs/{run}/steps/{step}",
    description: "What one step of a run answered; step merged is the final answer, plan the plan",
    mimeType: "text/plain",
  },
] as const;

const toDecisionUri = (id: string): string => `spawnpoint://decisions/${encodeURIComponent(id)}`;

export interface ListedResource {
  readonly uri: string;
  readonly name: string;
  readonly description: string;
  readonly mimeType: string;
}

/** The newest decisions. */
export async function listResources({ call }: ToolWorld): Promise<Result<readonly ListedResource[]>> {
  const listed = readAnswer(await call("listDecisions", { query: { limit: LISTED } }), z.array(decisionSchema));
  if (!listed.ok) return listed;
  return ok(
    listed.value.map(({ id, model, classification, created_at }) => ({
      uri: toDecisionUri(id),
      name: id,
      description: `${classification.task_type.label}, ${model}, ${created_at}`,
      mimeType: "application/json",
    })),
  );
}

/** The parts of a URI of ours, each decoded; null for any other. */
function parseUri(uri: string): readonly string[] | null {
  const [, decision, run, step] =
    /^spawnpoint:\/\/(?:decisions\/([^/?#]{1,600})|runs\/([^/?#]{1,600})\/steps\/([^/?#]{1,600}))$/.exec(uri) ?? [];
  const parts = decision === undefined ? [run, step] : [decision];
  try {
    return parts.map((part) => decodeURIComponent(part ?? "")).filter((part) => part !== "");
  } catch {
    // A percent sign that escapes nothing.
    return null;
  }
}

export interface ResourceText {
  readonly mimeType: string;
  readonly text: string;
}

/** What stands under a URI. Faults: not_found for a foreign, an unknown and an unreadable one alike. */
export async function readResource(uri: string, world: ToolWorld): Promise<Result<ResourceText>> {
  const [first, step, ...more] = parseUri(uri) ?? [];
  if (first === undefined || more.length > 0) return fail({ kind: "not_found", what: "resource", id: uri });
  if (step === undefined) {
    const decision = toSameAnswer(await world.call("getDecision", { params: { id: first } }));
    return decision.ok ? ok({ mimeType: "application/json", text: JSON.stringify(decision.value, null, 2) }) : decision;
  }
  const artifact = await readArtifact({ run_id: first, node_id: step }, world);
  if (!artifact.ok) return artifact;
  const { content } = z.object({ content: z.string() }).parse(artifact.value);
  return ok({ mimeType: "text/plain", text: content });
}
