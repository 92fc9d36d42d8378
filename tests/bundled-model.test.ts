import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseModelConfig } from "../shared/task/model-config-json.ts";
import { unpackFile } from "../shared/task/packed-file.ts";

const FOLDER = join(import.meta.dirname, "..", "models", "kickoff-1");
const read = (name: string): Buffer => readFileSync(join(FOLDER, name));
const sha256 = (name: string): string => createHash("sha256").update(read(name)).digest("hex");

function configOf(name: string) {
  const config = parseModelConfig(JSON.parse(read(name).toString("utf8")));
  if (!config.ok) throw new Error(JSON.stringify(config.fault));
  return config.value;
}

describe("models/kickoff-1", () => {
  it("holds the files that its configurations state, byte for byte", () => {
    const graph = configOf("model_config.json");
    expect(graph.sha256).toEqual({
      onnx: sha256("model.onnx"),
      ort: sha256("model.ort"),
      tokenizer: sha256("tokenizer.json"),
    });
    expect(configOf("fallback/model_config.json").sha256).toEqual({ fallback: sha256("fallback/fallback.bin") });
  });

  it.each([
    ["packed/graph.bin", "model.ort"],
    ["packed/fallback.bin", "fallback/fallback.bin"],
  ])("serves in %s the very bytes of %s (else run node scripts/pack-model.ts)", (packed, source) => {
    const unpacked = unpackFile(new Uint8Array(read(packed)).buffer);
    expect(unpacked.ok && Buffer.compare(new Uint8Array(unpacked.value), read(source))).toBe(0);
  });

  it("serves at most 10 MB", () => {
    const served = ["model.ort", "tokenizer.json", "fallback/fallback.bin"];
    const bytes = served.reduce((sum, name) => sum + statSync(join(FOLDER, name)).size, 0);
    expect(bytes).toBeLessThanOrEqual(10_000_000);
  });

  it("has a card without a gap", () => {
    expect(read("MODEL_CARD.md").toString("utf8")).not.toContain("{{");
  });
});
