import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { roundTo } from "../shared/base/stats.ts";
import { encodeBase64 } from "../shared/task/base64.ts";
import { toFeatures } from "../shared/task/features.ts";
import { parseFolder } from "../workers/router/inference/model-folder.ts";
import { createNodeSession } from "../workers/router/inference/node-session.ts";
import { checkSignature, runGraph } from "../workers/router/inference/run-graph.ts";
import { importModel } from "./import-model.ts";

const fixture = fileURLToPath(new URL("../tests/fixtures/contract-graph/", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "import-model-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const TEXTS = [
  "refactor JWT key rotation in prod",
  "fix the typo in the login button label",
  "",
  "write tests for src/queue/worker.ts\nFiles: src/queue/worker.ts\nStack: node, d1",
  "déjà vu \u{1f680} ログイン画面を直す",
  "explain the retry policy ".repeat(60),
];

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

/** A copy of the fixture folder with `changes` written over it; null deletes. */
function changedFolder(name: string, changes: Readonly<Record<string, string | Uint8Array | null>>): string {
  const folder = join(scratch, name);
  cpSync(fixture, folder, { recursive: true });
  for (const [file, content] of Object.entries(changes)) {
    if (content === null) rmSync(join(folder, file));
    else writeFileSync(join(folder, file), content);
  }
  return folder;
}

describe("importModel()", () => {
  it("imports the contract graph, fills in the defaults, and its answers in Node are the golden ones", async () => {
    const out = join(scratch, "out");
    const report = await importModel(fixture, out);
    if (!report.ok) throw new Error(JSON.stringify(report.fault));
    expect(report.value.config).toMatchObject({
      name: "contract-graph",
      kind: "foreign",
      headTokens: 254,
      tailTokens: 0,
    });

    const [config, tokenizer, temperatures] = ["model_config", "tokenizer", "temperature_scaling"].map((name) =>
      readJson(join(out, `${name}.json`)),
    );
    const folder = parseFolder({ config, tokenizer, temperatures });
    const bytes = readFileSync(join(out, "spawn_router.int8.onnx"));
    const session = await createNodeSession(bytes);
    if (!folder.ok || !session.ok) throw new Error("the imported folder does not load");
    const graph = checkSignature(session.value);
    if (!graph.ok) throw new Error(JSON.stringify(graph.fault));
    const golden = [];
    for (const text of TEXTS) {
      const features = toFeatures({ taskText: text, ...folder.value });
      const raw = await runGraph(graph.value, features.inputIds);
      if (!raw.ok) throw new Error(JSON.stringify(raw.fault));
      // Six decimals: the file stays the same where another processor rounds the last bits otherwise.
      const rounded: unknown = JSON.parse(JSON.stringify(raw.value), (_, value) =>
        typeof value === "number" ? roundTo(value, 6) : value,
      );
      golden.push({ text, tokens: features.tokens, truncated: features.truncated, raw: rounded });
    }
    // Read again inside workerd, which has no files: the folder as one JSON with the answers of this runtime.
    const imported = { config, tokenizer, temperatures, graphBase64: encodeBase64(bytes), golden };
    await expect(`${JSON.stringify(imported)}\n`).toMatchFileSnapshot("../tests/golden/contract-graph/imported.json");
  });

  it("converts an nmt_nfkc vocabulary with its normaliser table", async () => {
    const spm = readFileSync(fileURLToPath(new URL("../tests/golden/tokenizer/nmt_nfkc.spm.model", import.meta.url)));
    const report = await importModel(changedFolder("nfkc", { "spm.model": spm }), join(scratch, "nfkc-out"));
    expect(report).toMatchObject({ ok: true });
    expect(readJson(join(scratch, "nfkc-out", "tokenizer.json"))).toMatchObject({
      charsmap: expect.stringMatching(/^.{9}/),
    });
  });

  it.each([
    ["no config", { "model_config.json": null }, "model folder"],
    ["a config that is no JSON", { "model_config.json": "{" }, "model folder"],
    ["no temperatures", { "temperature_scaling.json": "{}" }, "temperature_scaling"],
    ["a broken vocabulary", { "spm.model": new Uint8Array([10, 200, 1]) }, "spm.model"],
    ["no graph", { "spawn_router.int8.onnx": null }, "model folder"],
    ["a broken graph", { "spawn_router.int8.onnx": new Uint8Array([1, 2, 3]) }, "graph"],
  ])("answers malformed_data when the folder has %s", async (name, changes, what) => {
    const out = join(scratch, `${name}-out`);
    const report = await importModel(changedFolder(name, changes), out);
    expect(report).toMatchObject({ ok: false, fault: { kind: "malformed_data", what } });
    expect(() => readFileSync(join(out, "model_config.json"))).toThrow();
  });
});
