import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hashIds, toFeatures } from "./features.ts";
import type { FeatureSpec, ModelConfig } from "./model-config.ts";
import { FOREIGN_CONFIG } from "./model-config.ts";
import { parseModelConfig } from "./model-config-json.ts";
import type { PieceEntry, Tokenizer } from "./tokenize.ts";
import { parseTokenizer } from "./tokenize.ts";

const LETTERS: readonly PieceEntry[] = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ\u2581"].map((c) => [
  c,
  -1,
]);

function makeTokenizer(): Tokenizer {
  const marks: readonly PieceEntry[] = [
    ["<pad>", 0, "control"],
    ["[CLS]", 0, "control"],
    ["[SEP]", 0, "control"],
    ["<unk>", 0, "unknown"],
  ];
  const parsed = parseTokenizer({
    type: "unigram",
    add_dummy_prefix: false,
    remove_extra_whitespaces: false,
    escape_whitespaces: true,
    byte_fallback: false,
    pieces: [...marks, ...LETTERS],
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.fault));
  return parsed.value;
}

const tokenizer = makeTokenizer();
const NGRAMS: FeatureSpec = { kind: "piece_ngrams", maxN: 3, buckets: 1000, vocabSize: 100 };
const config: ModelConfig = { ...FOREIGN_CONFIG, textPrefix: "", headTokens: 192, tailTokens: 62 };
const idOf = (letter: string): number => tokenizer.pieces.indexOf(letter);

describe("hashIds()", () => {
  it("gives the published FNV-1a values of four-byte words", () => {
    // FNV-1a of the bytes 61 00 00 00 and of nothing, worked out with 64-bit integers.
    const byHand = [0x61, 0, 0, 0].reduce((h, byte) => ((h ^ BigInt(byte)) * 16777619n) % 2n ** 32n, 2166136261n);
    expect(hashIds([0x61])).toBe(Number(byHand));
    expect(hashIds([])).toBe(2166136261);
  });
});

describe("toFeatures()", () => {
  it("wraps the pieces of prefix and text in [CLS] and [SEP]", () => {
    const features = toFeatures({ taskText: "b", tokenizer, config: { ...config, textPrefix: "a" } });
    expect(features).toEqual({
      tokenIds: [1, idOf("a"), idOf("b"), 2],
      inputIds: [1, idOf("a"), idOf("b"), 2],
      tokens: 4,
      truncated: false,
    });
  });

  it("reads runs of spaces and breaks as one, and only when the config says so", () => {
    const ids = (taskText: string, spaces: "collapse" | "keep") =>
      toFeatures({ taskText, tokenizer, config: { ...config, spaces } }).tokenIds;
    expect(ids(" a  \tb \r\n\n a ", "collapse")).toEqual(ids("a b\na", "collapse"));
    expect(ids("a  b", "keep")).not.toEqual(ids("a b", "keep"));
  });

  it("lower-cases A-Z alone, and only when the config says so", () => {
    const ids = (lowercase: "ascii" | "none") =>
      toFeatures({ taskText: "AbÉ", tokenizer, config: { ...config, lowercase } }).tokenIds;
    expect(ids("ascii")).toEqual([1, idOf("a"), idOf("b"), 3, 2]);
    expect(ids("none")).toEqual([1, idOf("A"), idOf("b"), 3, 2]);
  });

  it("keeps head and tail when the text is too long, and says so", () => {
    const text = `${"a".repeat(192)}${"b".repeat(500)}${"c".repeat(62)}`;
    const features = toFeatures({ taskText: text, tokenizer, config });
    const wanted = [1, ...new Array(192).fill(idOf("a")), ...new Array(62).fill(idOf("c")), 2];
    expect(features).toMatchObject({ tokenIds: wanted, tokens: 256, truncated: true });
  });

  it("leaves a text of exactly the cap alone", () => {
    const features = toFeatures({ taskText: "a".repeat(254), tokenizer, config });
    expect(features).toMatchObject({ tokens: 256, truncated: false });
  });

  it("keeps the first 254 pieces for a foreign model", () => {
    const features = toFeatures({
      taskText: `${"a".repeat(254)}b`,
      tokenizer,
      config: { ...FOREIGN_CONFIG, textPrefix: "" },
    });
    expect(features.tokenIds).toEqual([1, ...new Array(254).fill(idOf("a")), 2]);
  });

  it("adds hashed bigrams and trigrams over the whole sequence after the bare pieces", () => {
    const { inputIds, tokens } = toFeatures({ taskText: "ab", tokenizer, config: { ...config, features: NGRAMS } });
    const [a, b] = [idOf("a"), idOf("b")];
    const bucket = (...ids: number[]) => 100 + (hashIds(ids) % 1000);
    expect(inputIds).toEqual([a, b, bucket(1, a), bucket(a, b), bucket(b, 2), bucket(1, a, b), bucket(a, b, 2)]);
    expect(tokens).toBe(4);
  });

  it("gives ids inside the table for every length of text", () => {
    for (let length = 0; length < 400; length += 7) {
      const { inputIds } = toFeatures({
        taskText: "qz ".repeat(length),
        tokenizer,
        config: { ...config, features: NGRAMS },
      });
      expect(inputIds.length).toBeGreaterThan(0);
      expect(inputIds.every((id) => id >= 0 && id < 1100)).toBe(true);
    }
  });
});

const kickoff = new URL("../../models/kickoff-1/", import.meta.url);
const golden = new URL("../../tests/golden/kickoff-1/logits.json", import.meta.url);

describe.runIf(existsSync(golden))("toFeatures() with the bundled model", () => {
  it("gives the ids that the trainer's Python gives for the same prompts", () => {
    const read = (url: URL): unknown => JSON.parse(readFileSync(url, "utf8"));
    const own = parseTokenizer(read(new URL("tokenizer.json", kickoff)));
    const ownConfig = parseModelConfig(read(new URL("model_config.json", kickoff)));
    if (!own.ok || !ownConfig.ok) throw new Error("models/kickoff-1 does not parse");
    const rows = read(golden) as readonly { readonly text: string; readonly features: readonly number[] }[];
    for (const { text, features } of rows) {
      const made = toFeatures({ taskText: text, tokenizer: own.value, config: ownConfig.value });
      expect(made.inputIds).toEqual(features);
    }
    expect(rows.length).toBeGreaterThan(0);
  });
});
