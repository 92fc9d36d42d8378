import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { fail } from "../../../shared/base/result.ts";
import { runBag } from "../../../shared/task/bag.ts";
import { decodeBase64 } from "../../../shared/task/base64.ts";
import type { Classification, RawOutputs } from "../../../shared/task/classification.ts";
import { toFeatures } from "../../../shared/task/features.ts";
import contract from "../../../tests/golden/contract-graph/imported.json";
import fallbackGolden from "../../../tests/golden/kickoff-1/fallback.json";
import kickoffGolden from "../../../tests/golden/kickoff-1/logits.json";
import { readBlob } from "../../platform/r2.ts";
import { bundledModel } from "./bundled-model.ts";
import type { BundledModel, ClassifierDeps } from "./classifier.ts";
import { makeClassifier } from "./classifier.ts";
import { toConfiguredGraph } from "./model-source.ts";
import { createSession } from "./ort-session.ts";
import { r2Model } from "./r2-model.ts";
import { checkSignature, runGraph } from "./run-graph.ts";

// One file for everything that needs the runtime: each file that imports it pays about ten seconds.

/** Golden files of graphs without a category head do not name one. */
type Compared = Omit<RawOutputs, "category"> & Partial<Pick<RawOutputs, "category">>;

const flatten = (raw: Compared): readonly number[] => [
  ...raw.complexity,
  ...raw.task_type,
  ...raw.risk,
  ...Object.values(raw.complexity_sub),
  ...Object.values(raw.risk_sub),
  ...(raw.out_of_scope === null ? [] : [raw.out_of_scope]),
  ...(raw.category ?? []),
];

/** Greatest difference of any logit or score. */
function difference(a: Compared, b: Compared): number {
  const wanted = flatten(b);
  return Math.max(...flatten(a).map((value, i) => Math.abs(value - (wanted[i] ?? Number.NaN))));
}

function valueIn<T>(result: { ok: true; value: T } | { ok: false; fault: unknown }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
}

const bucket: R2Bucket = env.BLOBS;
const graphBytes = (): ArrayBuffer => {
  const bytes = decodeBase64(contract.graphBase64);
  if (bytes === null) throw new Error("the fixture's graph is no base64");
  return bytes.slice().buffer as ArrayBuffer;
};

/** Puts the imported contract graph under `prefix`; `changes` replace files, null leaves one out. */
async function fillBucket(prefix: string, changes: Readonly<Record<string, string | ArrayBuffer | null>> = {}) {
  const files: Record<string, string | ArrayBuffer | null> = {
    "spawn_router.int8.onnx": graphBytes(),
    "tokenizer.json": JSON.stringify(contract.tokenizer),
    "model_config.json": JSON.stringify(contract.config),
    "temperature_scaling.json": JSON.stringify(contract.temperatures),
    ...changes,
  };
  for (const [name, content] of Object.entries(files)) {
    if (content !== null) await bucket.put(`${prefix}/${name}`, content);
  }
}

const DOWN = fail({ kind: "unavailable", what: "object storage", detail: "out of reach" });

interface Reads {
  count: number;
  nowMs: number;
  down?: boolean;
}

/** A classifier on MODEL_SOURCE whose reads are counted and whose clock is moved by hand. */
function classifierOn(modelSource: string, reads: Reads, bundled: BundledModel = bundledModel) {
  const configured = toConfiguredGraph({
    modelSource,
    readModelFile: async (key) => {
      reads.count += 1;
      return reads.down === true ? DOWN : readBlob(bucket, { key, limitBytes: 1e9 });
    },
    nowMs: () => reads.nowMs,
    keepAlive: () => {},
  });
  return makeClassifier({ bundled, configured } satisfies ClassifierDeps);
}

describe("the bundled model", () => {
  it("loads at start-up in ONNX Runtime", () => {
    const described = classifierOn("bundled", { count: 0, nowMs: 0 }).describe();
    expect(described).toMatchObject({ engine: "onnx", source: "bundled", error: null, model: { name: "kickoff-1" } });
    expect(described.model.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it("gives the native runtime's logits within 0.05: the same int8 graph, rounded by other kernels", async () => {
    const graphModel = valueIn(bundledModel.graphModel);
    for (const row of kickoffGolden) {
      const { inputIds } = toFeatures({ taskText: row.text, ...graphModel });
      expect(inputIds).toEqual(row.features);
      expect(difference(valueIn(await runGraph(graphModel.graph, inputIds)), row)).toBeLessThan(0.05);
    }
  });

  it("gives the trainer's logits within 1e-3 in the plain-TypeScript engine", () => {
    const bagModel = valueIn(bundledModel.bagModel);
    for (const row of fallbackGolden) {
      const { inputIds } = toFeatures({ taskText: row.text, ...bagModel });
      expect(inputIds).toEqual(row.features);
      expect(difference(runBag(bagModel.bag, inputIds), row)).toBeLessThan(1e-3);
    }
  });

  it("answers concurrent calls as it answers them one by one", async () => {
    const classifier = classifierOn("bundled", { count: 0, nowMs: 0 });
    const texts = kickoffGolden.map(({ text }) => text);
    const alone: Classification[] = [];
    for (const text of texts) alone.push(...valueIn(await classifier.classify([text])));
    const together = await Promise.all(texts.map((text) => classifier.classify([text])));
    expect(together.flatMap(valueIn)).toEqual(alone);
    expect(valueIn(await classifier.classify(texts))).toEqual(alone);
  });

  it("falls back to plain TypeScript, whose answers are calibrated on their own, when the graph did not load", async () => {
    const fault = { kind: "malformed_data", what: "graph", detail: "test" } as const;
    const broken: BundledModel = { ...bundledModel, graphModel: { ok: false, fault } };
    const classifier = classifierOn("bundled", { count: 0, nowMs: 0 }, broken);
    expect(classifier.describe()).toMatchObject({
      engine: "fallback",
      error: "graph: test",
      model: { name: "kickoff-1" },
    });
    const texts = kickoffGolden.map(({ text }) => text);
    const answers = valueIn(await classifier.classify(texts));
    expect(answers.every(({ engine }) => engine === "fallback")).toBe(true);
    expect(answers.every(({ high_risk_probability }) => high_risk_probability !== null)).toBe(true);
  });

  it("answers a fault when neither engine loaded", async () => {
    const none = { ok: false, fault: { kind: "malformed_data", what: "graph", detail: "test" } } as const;
    const classifier = classifierOn("bundled", { count: 0, nowMs: 0 }, { graphModel: none, bagModel: none });
    expect(await classifier.classify(["x"])).toMatchObject({
      ok: false,
      fault: { kind: "unavailable", detail: "graph: test" },
    });
    expect(classifier.describe()).toMatchObject({ engine: "fallback", error: "graph: test" });
  });
});

describe("a graph with the reference signature", () => {
  it("gives the logits that the runtime gives in Node, within 1e-3", async () => {
    const graph = valueIn(checkSignature(valueIn(await createSession({ bytes: graphBytes(), format: "onnx" }))));
    expect(graph.inputNames.size).toBe(7);
    await fillBucket("golden");
    const holder = r2Model("golden");
    valueIn(await classifierOn("r2:golden", { count: 0, nowMs: 0 }).classify(["x"]));
    const state = holder.state();
    if (state.kind !== "ready") throw new Error(`model is ${state.kind}`);
    for (const row of contract.golden) {
      const features = toFeatures({ taskText: row.text, ...state.value });
      expect(features).toMatchObject({ tokens: row.tokens, truncated: row.truncated });
      expect(difference(valueIn(await runGraph(graph, features.inputIds)), row.raw)).toBeLessThan(1e-3);
      expect(difference(valueIn(await runGraph(state.value.graph, features.inputIds)), row.raw)).toBeLessThan(1e-3);
    }
  });

  it("loads once from the bucket when ten requests come at once, and answers by it", async () => {
    await fillBucket("folder/v6");
    const reads = { count: 0, nowMs: 0 };
    const classifier = classifierOn("r2:folder/v6", reads);
    expect(classifier.describe()).toMatchObject({ engine: "fallback", error: null, source: "r2:folder/v6" });
    const answers = await Promise.all(contract.golden.map(({ text }) => classifier.classify([text])));
    for (const [i, answer] of answers.map(valueIn).entries()) {
      expect(answer[0]).toMatchObject({
        engine: "onnx",
        model: { name: "contract-graph" },
        tokens: contract.golden[i]?.tokens,
      });
      expect(answer[0]?.out_of_scope).toBeNull();
    }
    expect(reads.count).toBe(4);
    expect(classifier.describe()).toMatchObject({
      engine: "onnx",
      error: null,
      model: { sha256: contract.config.sha256.onnx },
    });
  });
});

describe("a graph that does not load", () => {
  it("answers by the fallback while the folder is incomplete, and loads it a minute later", async () => {
    await fillBucket("late", { "tokenizer.json": null });
    const reads = { count: 0, nowMs: 0 };
    const classifier = classifierOn("r2:late", reads);
    const answer = () => classifier.classify(["fix it"]).then((result) => valueIn(result)[0]);
    expect(await answer()).toMatchObject({ engine: "fallback", model: { name: "kickoff-1" } });
    expect(classifier.describe().error).toContain("late/tokenizer.json is missing");
    const readsBefore = reads.count;
    await fillBucket("late");
    expect(await answer()).toMatchObject({ engine: "fallback" });
    expect(reads.count).toBe(readsBefore);
    reads.nowMs = 60_000;
    expect(await answer()).toMatchObject({ engine: "onnx", model: { name: "contract-graph" } });
  });

  it("tells storage out of reach from a file that is missing", async () => {
    const classifier = classifierOn("r2:down", { count: 0, nowMs: 0, down: true });
    expect(valueIn(await classifier.classify(["fix it"]))[0]).toMatchObject({ engine: "fallback" });
    expect(classifier.describe().error).toBe("object storage: out of reach");
  });

  it.each([
    ["a graph with another digest", { "spawn_router.int8.onnx": new ArrayBuffer(4) }, "sha256"],
    ["a config that is no JSON", { "model_config.json": "{" }, "no JSON"],
    ["no temperatures", { "temperature_scaling.json": "{}" }, "temperature_scaling"],
  ])("answers by the fallback and says why when the folder has %s", async (name, changes, said) => {
    const prefix = `bad-${name.length}`;
    await fillBucket(prefix, changes);
    const classifier = classifierOn(`r2:${prefix}`, { count: 0, nowMs: 0 });
    expect(valueIn(await classifier.classify(["fix it"]))[0]).toMatchObject({ engine: "fallback" });
    expect(classifier.describe().error).toContain(said);
  });

  it("answers by the fallback and says why when MODEL_SOURCE cannot be read", async () => {
    const classifier = classifierOn("s3:somewhere", { count: 0, nowMs: 0 });
    expect(valueIn(await classifier.classify(["fix it"]))[0]).toMatchObject({ engine: "fallback" });
    expect(classifier.describe().error).toContain('Cannot read MODEL_SOURCE "s3:somewhere"');
  });
});

describe("createSession()", () => {
  it("answers malformed_data on bytes that are no graph, and later sessions still work", async () => {
    const bad = await createSession({ bytes: new ArrayBuffer(16), format: "onnx" });
    expect(bad).toMatchObject({ ok: false, fault: { kind: "malformed_data", what: "graph" } });
    expect((await createSession({ bytes: graphBytes(), format: "onnx" })).ok).toBe(true);
  });

  it("leaves WebAssembly.instantiate as it was: the platform again refuses to compile bytes", async () => {
    await expect(WebAssembly.instantiate(new ArrayBuffer(8))).rejects.toThrow();
  });
});
