import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseModelConfig } from "./model-config-json.ts";
import { parseSpmModel } from "./spm-model.ts";
import type { Tokenizer } from "./tokenize.ts";
import { encode, parseTokenizer } from "./tokenize.ts";

const golden = new URL("../../tests/golden/tokenizer/", import.meta.url);
const kickoffGolden = new URL("../../tests/golden/kickoff-1/tokens.json", import.meta.url);
const kickoffFolder = new URL("../../models/kickoff-1/", import.meta.url);

const readJson = (url: URL): unknown => JSON.parse(readFileSync(url, "utf8"));

function tokenizerOf(json: unknown): Tokenizer {
  const tokenizer = parseTokenizer(json);
  if (!tokenizer.ok) throw new Error(JSON.stringify(tokenizer.fault));
  return tokenizer.value;
}

function tokenizerOfSpm(name: string): Tokenizer {
  const json = parseSpmModel(readFileSync(new URL(`${name}.spm.model`, golden)));
  if (!json.ok) throw new Error(JSON.stringify(json.fault));
  return tokenizerOf(JSON.parse(JSON.stringify(json.value)));
}

const lines = readJson(new URL("lines.json", golden)) as readonly string[];
const idsOf = (name: string) => readJson(new URL(`${name}.ids.json`, golden)) as readonly (readonly number[])[];

/** Lines whose ids differ from SentencePiece's, quoted for the failure message. */
function missesOf(tokenizer: Tokenizer, wanted: readonly (readonly number[])[]): readonly string[] {
  return lines.filter((line, i) => JSON.stringify(encode(tokenizer, line)) !== JSON.stringify(wanted[i]));
}

describe("encode() against SentencePiece on 1,000 lines", () => {
  it("has a golden set of 1,000 lines", () => expect(lines).toHaveLength(1000));

  it("gives the same ids with the identity vocabulary with byte fallback", () => {
    const tokenizer = tokenizerOf(readJson(new URL("identity.tokenizer.json", golden)));
    expect(missesOf(tokenizer, idsOf("identity"))).toEqual([]);
  });

  it("gives the same ids with an nmt_nfkc model that the converter read", () => {
    expect(missesOf(tokenizerOfSpm("nmt_nfkc"), idsOf("nmt_nfkc"))).toEqual([]);
  });

  it("gives the same ids with user-defined symbols and merged unknowns", () => {
    expect(missesOf(tokenizerOfSpm("symbols"), idsOf("symbols"))).toEqual([]);
  });
});

describe("parseSpmModel()", () => {
  it("converts the identity model to the tokenizer.json that Python's protobuf gives", () => {
    const json = parseSpmModel(readFileSync(new URL("identity.spm.model", golden)));
    expect(json).toEqual({ ok: true, value: readJson(new URL("identity.tokenizer.json", golden)) });
  });
});

describe.runIf(existsSync(kickoffGolden))("encode() with the bundled vocabulary", () => {
  it("gives the ids of tests/golden/kickoff-1/tokens.json", () => {
    const rows = readJson(kickoffGolden) as readonly { readonly text: string; readonly ids: readonly number[] }[];
    const tokenizer = tokenizerOf(readJson(new URL("tokenizer.json", kickoffFolder)));
    expect(parseModelConfig(readJson(new URL("model_config.json", kickoffFolder))).ok).toBe(true);
    const misses = rows.filter(({ text, ids }) => JSON.stringify(encode(tokenizer, text)) !== JSON.stringify(ids));
    expect(misses.map(({ text }) => text)).toEqual([]);
    expect(rows.length).toBeGreaterThan(0);
  });
});
