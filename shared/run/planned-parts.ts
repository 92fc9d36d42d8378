import { fail, ok, type Result } from "../base/result.ts";
import { orderParts } from "./plan/swarm.ts";
import { RUN_LIMITS } from "./run-limits.ts";
import { OPENING, parseObject, scanObject } from "./verdict.ts";

/** A part as a planning model wrote it: its words and what it waits for. Who does it, and for how much, is decided apart. */
export interface PlannedPart {
  readonly id: string;
  readonly text: string;
  readonly dependsOn: readonly string[];
}

export const PLANNED_PART_LIMITS = { most: RUN_LIMITS.partsMost, idChars: 32, textChars: 4_000 } as const;

/** JSON Schema of a plan, in the subset that strict modes of all providers take; parsePlannedParts() holds the limits. */
export const PLANNED_PARTS_SCHEMA = {
  type: "object",
  properties: {
    seal: { type: "string" },
    parts: {
      type: "array",
      items: {
        type: "object",
        properties: {
          id: { type: "string" },
          text: { type: "string" },
          depends_on: { type: "array", items: { type: "string" } },
        },
        required: ["id", "text", "depends_on"],
        additionalProperties: false,
      },
    },
  },
  required: ["seal", "parts"],
  additionalProperties: false,
} as const;

const unreadable = (detail: string) => fail({ kind: "malformed_data", what: "planned parts", detail });

const ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;
const PART_KEYS = "depends_on,id,text";
const PLAN_KEYS = "parts,seal";

const toMembers = (value: unknown): ReadonlyMap<string, unknown> =>
  new Map(typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : []);
const keysOf = (members: ReadonlyMap<string, unknown>): string => [...members.keys()].sort().join();

function parsePart(value: unknown): PlannedPart | null {
  const members = toMembers(value);
  const [id, text, dependsOn] = [members.get("id"), members.get("text"), members.get("depends_on")];
  if (keysOf(members) !== PART_KEYS || typeof id !== "string" || typeof text !== "string") return null;
  if (id.length > PLANNED_PART_LIMITS.idChars || !ID_PATTERN.test(id)) return null;
  if (text.trim() === "" || text.length > PLANNED_PART_LIMITS.textChars) return null;
  if (!Array.isArray(dependsOn) || !dependsOn.every((one) => typeof one === "string")) return null;
  if (new Set(dependsOn).size < dependsOn.length || dependsOn.includes(id)) return null;
  return { id, text: text.trim(), dependsOn };
}

/** Parts of a plan, as they were or are to be kept. Fault: malformed_data for any that is not exactly as asked for. */
function parseParts(value: unknown): Result<readonly PlannedPart[]> {
  const rows: readonly unknown[] = Array.isArray(value) ? value : [];
  if (rows.length === 0) return unreadable("there is no part");
  if (rows.length > PLANNED_PART_LIMITS.most) return unreadable(`${rows.length} parts are more than may be planned`);
  const parts = rows.flatMap((row) => parsePart(row) ?? []);
  if (parts.length < rows.length) return unreadable("a part is not id, text and depends_on within their limits");
  if (new Set(parts.map(({ text }) => text)).size < parts.length) return unreadable("two parts are the same");
  const ids = new Set(parts.map(({ id }) => id));
  // Said without the name: what a model wrote may quote the task, and a fault goes into logs and rows.
  if (!parts.every(({ dependsOn }) => dependsOn.every((id) => ids.has(id))))
    return unreadable("a part waits for one that is not there");
  // Ids that two share, and circles.
  return orderParts(parts);
}

/** Members that JSON text writes, at any depth: a name that stands twice is counted twice. */
const countMembers = (json: string): number => json.replace(/"(?:[^"\\]|\\.)*"/g, "").split(":").length - 1;

/**
 * Reads a planning model's answer: one object that it begins with, with exactly the members asked for, each once, and
 * this question's seal, which nothing that was written before it can hold. Parts come back in an order in which each
 * stands after what it waits for. One part is a plan too: whoever reads it knows that nothing is to be split.
 * Fault: malformed_data.
 */
export function parsePlannedParts(text: string, seal: string): Result<readonly PlannedPart[]> {
  const scanned = scanObject(text.replace(OPENING, ""));
  const found = scanned === null ? null : parseObject(scanned.json);
  if (scanned === null || found === null) return unreadable("the answer begins with no whole JSON object");
  const members = toMembers(found);
  if (keysOf(members) !== PLAN_KEYS) return unreadable("the members are not seal and parts");
  if (members.get("seal") !== seal) return unreadable("the seal is not this question's");
  const parts = parseParts(members.get("parts"));
  if (!parts.ok) return parts;
  const wanted = members.size + parts.value.length * PART_KEYS.split(",").length;
  return countMembers(scanned.json) === wanted ? parts : unreadable("a member stands twice");
}

/** Why the task's own structure is used instead of a model's plan. */
export const SPLITTER_REASONS = [
  /** Two answers in a row were no plan of the form asked for. */
  "unreadable",
  /** The model sees one piece of work; the text may still name several. */
  "one_part",
  /** No model could be asked. */
  "no_answer",
] as const;
export type SplitterReason = (typeof SPLITTER_REASONS)[number];

/** What a plan step came to, before anybody is chosen for a part. */
export type PlanDraft =
  | { readonly by: "llm"; readonly parts: readonly PlannedPart[] }
  | { readonly by: "splitter"; readonly reason: SplitterReason };

/** What readable parts come to. */
export const toPlanDraft = (parts: readonly PlannedPart[]): PlanDraft =>
  parts.length < 2 ? { by: "splitter", reason: "one_part" } : { by: "llm", parts };

/** The draft as it is kept as the step's artifact, for whoever reads it and for a later turn of the step. */
export function writePlanDraft(draft: PlanDraft): string {
  const body =
    draft.by === "llm"
      ? { parts: draft.parts.map(({ id, text, dependsOn }) => ({ id, text, depends_on: dependsOn })) }
      : { reason: draft.reason };
  return JSON.stringify({ planned_by: draft.by, ...body }, null, 2);
}

/** A draft that was kept. Fault: malformed_data. */
export function readPlanDraft(text: string): Result<PlanDraft> {
  const members = toMembers(parseObject(text));
  if (members.get("planned_by") === "llm") {
    const parts = parseParts(members.get("parts"));
    return parts.ok ? ok({ by: "llm", parts: parts.value }) : parts;
  }
  const reason = SPLITTER_REASONS.find((known) => known === members.get("reason"));
  return reason === undefined ? unreadable("neither parts nor a reason") : ok({ by: "splitter", reason });
}
