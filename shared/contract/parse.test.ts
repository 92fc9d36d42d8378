import { describe, expect, test } from "vitest";
import { classifyRequestSchema } from "./classify.ts";
import { parseWith } from "./parse.ts";
import { policyQuerySchema } from "./policy-document.ts";
import { routeQuerySchema, routeRequestSchema } from "./route.ts";

const faultOf = (schema: Parameters<typeof parseWith>[0], input: unknown) => {
  const parsed = parseWith(schema, input);
  return parsed.ok ? null : parsed.fault;
};

describe("parseWith()", () => {
  test("quotes the value and lists what is wanted", () => {
    expect(faultOf(routeRequestSchema, { task: "x", budget: "gold" })).toEqual({
      kind: "invalid_param",
      field: "budget",
      message: 'Cannot read budget "gold": expected low, medium, high or any',
    });
  });
  test("says which field is missing", () => {
    expect(faultOf(routeRequestSchema, {})).toMatchObject({ kind: "missing_param", field: "task" });
  });
  test("refuses a field that does not exist", () => {
    expect(faultOf(routeRequestSchema, { task: "x", buget: "low" })).toMatchObject({
      kind: "invalid_param",
      field: "buget",
    });
  });
  test("names nested fields by path", () => {
    expect(faultOf(routeRequestSchema, { task: "x", constraints: { min_context: "much" } })).toMatchObject({
      field: "constraints.min_context",
    });
  });
  test("refuses a body that is no object", () => {
    for (const body of [null, 3, "x", []]) expect(faultOf(routeRequestSchema, body)?.kind).toBe("invalid_body");
  });
  test("cuts a long value in the message", () => {
    const fault = faultOf(routeRequestSchema, { task: "x", budget: "g".repeat(10_000) });
    expect(fault?.kind === "invalid_param" && fault.message.length).toBeLessThan(200);
  });
  test("wants task or tasks, not both and not neither", () => {
    expect(faultOf(classifyRequestSchema, { task: "a", tasks: ["b"] })?.kind).toBe("invalid_param");
    expect(faultOf(classifyRequestSchema, {})?.kind).toBe("missing_param");
    expect(faultOf(classifyRequestSchema, { tasks: ["b"] })).toBeNull();
  });
  test("refuses a task without a visible character", () => {
    for (const task of ["", "  \n\t", "\u0000\u0007", "\u200b"])
      expect(faultOf(routeRequestSchema, { task })).not.toBeNull();
  });
  test("reads numbers and booleans of a query string", () => {
    const parsed = parseWith(routeQuerySchema, { task: "x", value_usd: "2.5" });
    expect(parsed).toMatchObject({ ok: true, value: { value_usd: 2.5 } });
    expect(parseWith(policyQuerySchema, { dry_run: "1" })).toMatchObject({ ok: true, value: { dry_run: true } });
    expect(faultOf(routeQuerySchema, { task: "x", reroute: "true" })).toMatchObject({ field: "reroute" });
    expect(faultOf(routeQuerySchema, { task: "x", value_usd: "lots" })?.kind).toBe("invalid_param");
    expect(faultOf(routeQuerySchema, { task: "x", value_usd: "0.0000004" })?.kind).toBe("invalid_param");
  });
});
