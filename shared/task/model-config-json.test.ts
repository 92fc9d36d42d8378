import { describe, expect, it } from "vitest";
import { FOREIGN_CONFIG } from "./model-config.ts";
import { parseModelConfig, toModelConfigJson } from "./model-config-json.ts";

const OWN = {
  name: "own",
  version: "1",
  kind: "bag",
  max_tokens: 256,
  head_tokens: 192,
  tail_tokens: 62,
  text_prefix: "Current: ",
  normalize: { lowercase: "ascii", spaces: "collapse", marks: "strip" },
  features: { kind: "piece_ngrams", max_n: 2, buckets: 16, vocab_size: 8 },
  abstention: { complexity: 0.4, task_type: 0.3, risk: 0.5 },
  out_of_scope_threshold: 0.5,
  high_risk: { scale: 1.2, bias: -0.3 },
  category_temperature: 1.1,
  fallback_share: 0.4,
  files: {
    onnx: "m.onnx",
    ort: "m.ort",
    tokenizer: "t.json",
    temperatures: "c.json",
    fallback: null,
    asides: "a.json",
  },
  sha256: { ort: "a".repeat(64) },
};

describe("parseModelConfig()", () => {
  it("reads our own shape and writes it back unchanged", () => {
    const config = parseModelConfig(OWN);
    if (!config.ok) throw new Error(JSON.stringify(config.fault));
    expect(toModelConfigJson(config.value)).toEqual(OWN);
  });

  it("gives a foreign file the reference's behaviour and keeps its name", () => {
    expect(parseModelConfig({ name: "v6", backbone: "deberta", max_length: 512 })).toEqual({
      ok: true,
      value: { ...FOREIGN_CONFIG, name: "v6" },
    });
  });

  it.each([
    ["no name", { name: "" }],
    ["an unknown kind", { kind: "tree" }],
    ["a head and tail over the cap", { head_tokens: 200 }],
    ["a cap that leaves no piece", { max_tokens: 2 }],
    ["no case rule", { normalize: {} }],
    ["an unknown rule for marks", { normalize: { lowercase: "ascii", marks: "eat" } }],
    ["an unknown rule for spaces", { normalize: { lowercase: "ascii", spaces: "eat" } }],
    ["4-grams", { features: { ...OWN.features, max_n: 4 } }],
    ["no buckets", { features: { ...OWN.features, buckets: 0 } }],
    ["a threshold over 1", { abstention: { ...OWN.abstention, risk: 1.5 } }],
    ["a head without threshold", { abstention: { risk: 0.5 } }],
    ["an out-of-scope threshold that is no number", { out_of_scope_threshold: "x" }],
    ["a high-risk line that falls", { high_risk: { scale: -1, bias: 0 } }],
    ["a high-risk line without bias", { high_risk: { scale: 1 } }],
    ["a fallback that weighs everything", { fallback_share: 1 }],
    ["a category temperature of 0", { category_temperature: 0 }],
    ["no tokenizer file", { files: { onnx: "m.onnx" } }],
    ["a digest that is none", { sha256: { ort: "abc" } }],
  ])("answers malformed_data when our file has %s", (_, changes) => {
    expect(parseModelConfig({ ...OWN, ...changes })).toMatchObject({ ok: false, fault: { kind: "malformed_data" } });
  });

  it("answers malformed_data when the file is no object", () => {
    for (const json of [null, [], "x", 1]) expect(parseModelConfig(json).ok).toBe(false);
  });
});
