import {
  COMMON_FIELDS,
  type FieldRule,
  PAYLOAD_TARGETS,
  REVISION_FIELDS,
  type TargetFields,
} from "./payload-fields.ts";
import { isRecord, ownMember, toPointer } from "./routing-file.ts";

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
  const fields = { required, optional: { ...COMMON_FIELDS, ...optional } };
  return checkMembers(target, { fields, path, implied: impliedFields(target, fields.optional) });
}

interface Expected {
  readonly fields: TargetFields;
  readonly path: string;
  /** Fields that others of this record's make wanted. */
  readonly implied?: readonly string[];
}

function checkMembers(members: Members, { fields, path, implied = [] }: Expected): readonly PayloadIssue[] {
  const rules = { ...fields.optional, ...fields.required };
  const wanted = [...Object.keys(fields.required), ...implied];
  const missing = wanted.filter((key) => members[key] === undefined);
  return [
    ...missing.map((key) => ({ path: path + toPointer(key), code: `${key}_required` })),
    ...Object.entries(members).flatMap(([key, value]): readonly PayloadIssue[] => {
      const rule = ownMember(rules, key);
      const at = path + toPointer(key);
      return rule === undefined ? [{ path: at, code: "unknown_field" }] : checkValue({ key, path: at, value }, rule);
    }),
  ];
}

/** A payload that does not say it is auto names its model; one that revises a plan says which and why. */
function impliedFields(target: Members, rules: Readonly<Record<string, FieldRule>>): readonly string[] {
  const mode = target.runtime_model_mode;
  const model = mode === undefined || mode === "deterministic" ? ["model"] : [];
  const revises = Object.hasOwn(rules, "revision_mode") && typeof target.revision_mode === "string";
  const revision = revises ? (ownMember(REVISION_FIELDS, String(target.revision_mode)) ?? []) : [];
  return [...model, ...revision];
}

type Members = Readonly<Record<string, unknown>>;

/** A value under the name that its codes carry; items of a list carry the list's. */
interface Field {
  readonly key: string;
  readonly path: string;
  readonly value: unknown;
}

function checkValue({ key, path, value }: Field, rule: FieldRule): readonly PayloadIssue[] {
  const unless = (holds: boolean, code: string): readonly PayloadIssue[] => (holds ? [] : [{ path, code }]);
  switch (rule.type) {
    case "text":
      if (typeof value !== "string") return [{ path, code: `${key}_type` }];
      return unless([...value].length >= rule.min, `${key}_too_short`);
    case "integer":
      if (!Number.isInteger(value)) return [{ path, code: `${key}_type` }];
      return unless(Number(value) >= rule.min, `${key}_minimum`);
    case "list":
      if (!Array.isArray(value)) return [{ path, code: `${key}_type` }];
      if (value.length < rule.min) return [{ path, code: `${key}_empty` }];
      return value.flatMap((item: unknown, i) =>
        checkValue({ key, path: path + toPointer(i), value: item }, rule.item),
      );
    case "enum":
      return unless(
        rule.of.some((one) => one === value),
        ENUM_CODES[key] ?? `${key}_enum`,
      );
    case "uuid":
      return unless(typeof value === "string" && UUID.test(value), `${key}_uuid`);
    case "flag":
      return unless(typeof value === "boolean", `${key}_type`);
    case "text_or_record":
      return unless(typeof value === "string" || isRecord(value), `${key}_type`);
    case "record":
      if (!isRecord(value)) return [{ path, code: `${key}_type` }];
      return rule.fields === null ? [] : checkMembers(value, { fields: rule.fields, path });
  }
}
