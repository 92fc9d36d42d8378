import {
  COMMON_FIELDS,
  type FieldRule,
  PAYLOAD_TARGETS,
  REVISION_FIELDS,
  type TargetFields,
} from "./payload-fields.ts";
import { isRecord, toPointer } from "./routing-file.ts";

const PAYLOAD_VERSION = "1.0.0";
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export interface PayloadIssue {
  readonly path: string;
  readonly code: string;
}

/** Codes of fields that are told apart by another word than their own name. */
const ENUM_CODES: Readonly<Record<string, string>> = { runtime_model_mode: "mode_enum" };

/** Everything by which a delegation document breaks the contract of its twelve targets; none where it keeps it. */
export function checkPayload(document: unknown): readonly PayloadIssue[] {
  if (!isRecord(document)) return [{ path: "", code: "payload_invalid" }];
  const { schema_version, agents, ...others } = document;
  const found: PayloadIssue[] =
    schema_version === PAYLOAD_VERSION ? [] : [{ path: "/schema_version", code: "version" }];
  found.push(...Object.keys(others).map((key) => ({ path: toPointer(key), code: "unknown_field" })));
  if (!isRecord(agents)) return [...found, { path: "/agents", code: "agents_missing" }];
  for (const agent of Object.keys(agents))
    if (!Object.hasOwn(PAYLOAD_TARGETS, agent)) found.push({ path: toPointer("agents", agent), code: "unknown_agent" });
  for (const [agent, fields] of Object.entries(PAYLOAD_TARGETS)) {
    const path = toPointer("agents", agent);
    if (!Object.hasOwn(agents, agent)) found.push({ path, code: "agent_missing" });
    else found.push(...checkTarget(agents[agent], fields, path));
  }
  return found;
}

function checkTarget(target: unknown, { required, optional }: TargetFields, path: string): readonly PayloadIssue[] {
  if (!isRecord(target)) return [{ path, code: "target_invalid" }];
  const rules = { ...COMMON_FIELDS, ...optional, ...required };
  const wanted = [...Object.keys(required), ...impliedFields(target, rules)];
  const missing = wanted.filter((key) => target[key] === undefined);
  return [
    ...missing.map((key) => ({ path: path + toPointer(key), code: `${key}_required` })),
    ...Object.entries(target).flatMap(([key, value]): readonly PayloadIssue[] => {
      const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
      const code = rule === undefined ? "unknown_field" : checkValue(key, value, rule);
      return code === null ? [] : [{ path: path + toPointer(key), code }];
    }),
  ];
}

/** A payload that does not say it is auto names its model; one that revises a plan says which and why. */
function impliedFields(target: Readonly<Record<string, unknown>>, rules: Readonly<Record<string, FieldRule>>) {
  const mode = target.runtime_model_mode;
  const model = mode === undefined || mode === "deterministic" ? ["model"] : [];
  const revises = target.revision_mode !== undefined && Object.hasOwn(rules, "revision_mode");
  return [...model, ...(revises ? REVISION_FIELDS : [])];
}

function checkValue(key: string, value: unknown, rule: FieldRule): string | null {
  switch (rule.type) {
    case "text":
      if (typeof value !== "string") return `${key}_type`;
      return value.length < rule.min ? `${key}_too_short` : null;
    case "integer":
      if (!Number.isInteger(value)) return `${key}_type`;
      return Number(value) < rule.min ? `${key}_minimum` : null;
    case "list":
      if (!Array.isArray(value)) return `${key}_type`;
      return value.length < rule.min ? `${key}_empty` : null;
    case "enum":
      return rule.of.some((one) => one === value) ? null : (ENUM_CODES[key] ?? `${key}_enum`);
    case "uuid":
      return typeof value === "string" && UUID.test(value) ? null : `${key}_uuid`;
    case "flag":
      return typeof value === "boolean" ? null : `${key}_type`;
    case "record":
      if (!isRecord(value)) return `${key}_type`;
      return Object.keys(value).length < rule.minMembers ? `${key}_incomplete` : null;
  }
}
