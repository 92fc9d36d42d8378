import type { DriftIssue } from "./drift-issue.ts";
import { PAYLOAD_TARGETS } from "./payload-fields.ts";
import { DISPATCH_MODES, isRecord, toPointer } from "./routing-file.ts";

type Members = Readonly<Record<string, unknown>>;

const MODE_FIELD = "runtime_model_mode";
/** What a payload without a mode counts as, which no enumeration says. */
const MODE_LEFT_OUT = "deterministic";

/**
 * Where a JSON schema of the delegation payload says something else than the contract that is enforced: other targets,
 * other required fields, other modes, or a description of the mode and the model that leaves out what a reader has to
 * know (what counts where no mode is said, and that the mode decides whether a model is wanted). `$ref` into the
 * document is followed.
 */
export function checkContract(schema: unknown): readonly DriftIssue[] {
  const propertyOf = (of: unknown, key: string) => follow(schema, member(of, key));
  const agents = propertyOf(propertyOf(schema, "properties"), "agents");
  const listed = propertyOf(agents, "properties");
  if (!isRecord(listed)) return [{ subject: "/properties/agents/properties", code: "schema_targets_missing" }];
  return [
    ...Object.keys(listed)
      .filter((name) => !Object.hasOwn(PAYLOAD_TARGETS, name))
      .map((name) => at("schema_target_unknown", name)),
    ...Object.keys(PAYLOAD_TARGETS).flatMap((name) =>
      Object.hasOwn(listed, name)
        ? checkTarget(name, follow(schema, listed[name]), schema)
        : [at("schema_target_missing", name)],
    ),
  ];
}

const at = (code: string, ...parts: readonly string[]): DriftIssue => ({
  subject: toPointer("properties", "agents", "properties", ...parts),
  code,
});

const member = (value: unknown, key: string): unknown =>
  isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;

/** At most this many references one after the other: a schema that points at itself ends. */
const MAX_REFERENCES = 8;

function follow(schema: unknown, value: unknown): unknown {
  let found = value;
  for (let n = 0; n < MAX_REFERENCES; n++) {
    const reference = member(found, "$ref");
    if (typeof reference !== "string" || !reference.startsWith("#/")) return found;
    const parts = reference.slice(2).split("/");
    found = parts.reduce((from, part) => member(from, part.replaceAll("~1", "/").replaceAll("~0", "~")), schema);
  }
  return found;
}

function checkTarget(name: string, target: unknown, schema: unknown): readonly DriftIssue[] {
  const fields = follow(schema, member(target, "properties"));
  if (!isRecord(fields)) return [at("schema_target_invalid", name)];
  return [...checkRequired(name, target), ...checkMode(name, fields, schema), ...checkModel(name, fields, schema)];
}

/** The model is required by mode, which a list of required fields cannot say. */
function checkRequired(name: string, target: unknown): readonly DriftIssue[] {
  const listed = member(target, "required");
  const stated = Array.isArray(listed) ? listed.filter((field) => field !== "model") : [];
  const wanted = Object.keys(PAYLOAD_TARGETS[name]?.required ?? {});
  return stated.length === wanted.length && wanted.every((field) => stated.includes(field))
    ? []
    : [at("schema_required_differs", name, "required")];
}

function checkMode(name: string, fields: Members, schema: unknown): readonly DriftIssue[] {
  const field = follow(schema, fields[MODE_FIELD]);
  if (field === undefined) return [at("schema_mode_missing", name, "properties", MODE_FIELD)];
  const modes = member(field, "enum");
  const isSame =
    Array.isArray(modes) &&
    modes.length === DISPATCH_MODES.length &&
    DISPATCH_MODES.every((mode) => modes.includes(mode));
  return [
    ...(isSame ? [] : [at("schema_mode_differs", name, "properties", MODE_FIELD, "enum")]),
    ...(describes(field, [MODE_LEFT_OUT]) ? [] : [at("schema_mode_undescribed", name, "properties", MODE_FIELD)]),
  ];
}

function checkModel(name: string, fields: Members, schema: unknown): readonly DriftIssue[] {
  const field = follow(schema, fields.model);
  if (field === undefined) return [at("schema_model_missing", name, "properties", "model")];
  return describes(field, [MODE_FIELD]) ? [] : [at("schema_model_undescribed", name, "properties", "model")];
}

function describes(field: unknown, words: readonly string[]): boolean {
  const text = member(field, "description");
  return typeof text === "string" && words.every((word) => text.includes(word));
}
