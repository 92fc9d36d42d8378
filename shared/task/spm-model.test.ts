import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseSpmModel } from "./spm-model.ts";

const bytes = readFileSync(new URL("../../tests/golden/tokenizer/symbols.spm.model", import.meta.url));

// Conversion against Python's protobuf and SentencePiece's ids: tokenize-golden.test.ts.
describe("parseSpmModel()", () => {
  it("answers a fault, and never throws, when the file is cut at any of 500 places", () => {
    for (let k = 0; k < 500; k++) {
      const cut = bytes.subarray(0, Math.floor((bytes.length * k) / 500));
      const parsed = parseSpmModel(cut);
      if (!parsed.ok) expect(parsed.fault).toMatchObject({ kind: "malformed_data", what: "spm.model" });
    }
  });

  it("answers malformed_data when the model is not unigram", () => {
    // Field 2 (trainer_spec) holding field 3 (model_type) = 2 (BPE).
    expect(parseSpmModel(Uint8Array.from([0x12, 0x02, 0x18, 0x02]))).toMatchObject({
      ok: false,
      fault: { detail: "model_type 2 is not unigram (1)" },
    });
  });
});
