import type * as z from "zod";
import type { Fault } from "../base/fault.ts";
import { fail, ok, type Result } from "../base/result.ts";

const QUOTE_MAX_CHARS = 60;

/** The offending value as shown in a message: JSON text, cut to a length that cannot flood a log or a page. */
function quote(value: unknown): string {
  const text = value === undefined ? "nothing" : (JSON.stringify(value) ?? typeof value);
  return text.length > QUOTE_MAX_CHARS ? `${text.slice(0, QUOTE_MAX_CHARS)}…` : text;
}

const listed = (values: readonly unknown[]): string => {
  const words = values.map(String);
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
};

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let at: unknown = root;
  for (const key of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = Object.getOwnPropertyDescriptor(at, key)?.value;
  }
  return at;
}

function wanted(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `expected ${issue.expected === "int" ? "a whole number" : issue.expected}`;
    case "invalid_value":
      return `expected ${listed(issue.values)}`;
    case "too_small":
      return `expected ${issue.origin} of at least ${issue.minimum}`;
    case "too_big":
      return `expected ${issue.origin} of at most ${issue.maximum}`;
    case "unrecognized_keys":
      return "no such field";
    default:
      return issue.message;
  }
}

/** One zod issue as a fault that names the field, quotes the value and gives what is wanted. */
function toFault(issue: z.core.$ZodIssue, input: unknown): Fault {
  if (issue.code === "unrecognized_keys") {
    const unknown = [...issue.path, issue.keys[0] ?? ""].map(String).join(".").slice(0, QUOTE_MAX_CHARS);
    return {
      kind: "invalid_param",
      field: unknown,
      message: `Cannot read field ${quote(unknown)}: there is no such field`,
    };
  }
  const field = issue.path.map(String).join(".");
  const value = valueAt(input, issue.path);
  if (field === "") return { kind: "invalid_body", message: `Cannot read the body: ${wanted(issue)}` };
  if (value === undefined) {
    return { kind: "missing_param", field, message: `Field ${field} is missing: ${wanted(issue)}` };
  }
  return { kind: "invalid_param", field, message: `Cannot read ${field} ${quote(value)}: ${wanted(issue)}` };
}

/** Checks `input` against a schema; the first problem becomes the fault. */
export function parseWith<S extends z.ZodType>(schema: S, input: unknown): Result<z.output<S>> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0];
  if (issue === undefined) return fail({ kind: "invalid_body", message: "Cannot read the body" });
  return fail(toFault(issue, input));
}
