import { describe, expect, it } from "vitest";
import { parseOptions } from "./options.ts";

describe("parseOptions()", () => {
  it("fills in what is not said", () => {
    const value = {
      data: "d.jsonl",
      model: null,
      engine: "onnx",
      noise: null,
      steering: null,
      categories: null,
      json: false,
    };
    expect(parseOptions(["--data", "d.jsonl"])).toEqual({ ok: true, value });
  });

  it("reads everything", () => {
    const argv = "--data d --model m --engine fallback --noise n --steering s --categories c --json".split(" ");
    const value = { data: "d", model: "m", engine: "fallback", noise: "n", steering: "s", categories: "c", json: true };
    expect(parseOptions(argv)).toEqual({ ok: true, value });
  });

  it.each([
    [[]],
    [["--model", "m"]],
    [["--data"]],
    [["--data", "d", "--speed"]],
    [["--data", "d", "extra"]],
    [["--data", "d", "--engine", "gpu"]],
  ])("refuses %j", (argv) => {
    expect(parseOptions(argv)).toMatchObject({ ok: false, fault: { kind: "invalid_param" } });
  });
});
