// Runs model.onnx and model.ort in onnxruntime-web (wasm, one thread) on the golden prompts and compares both with the
// Python model's logits. Writes the greatest differences to models/training/dist/engines.json for the model card.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as ort from "onnxruntime-web/wasm";

const here = dirname(fileURLToPath(import.meta.url));
const modelDir = join(here, "..", "kickoff-0");
const golden = JSON.parse(readFileSync(join(here, "../../tests/golden/kickoff-0/logits.json"), "utf8"));
const HEADS = ["complexity", "task_type", "risk"];
ort.env.wasm.numThreads = 1;

/** All outputs of one run as plain arrays, by output name. */
async function outputsOf(session, features) {
  const ids = BigInt64Array.from(features, BigInt);
  const shape = [1, ids.length];
  const result = await session.run({
    input_ids: new ort.Tensor("int64", ids, shape),
    attention_mask: new ort.Tensor("int64", new BigInt64Array(ids.length).fill(1n), shape),
  });
  return Object.fromEntries(Object.entries(result).map(([name, tensor]) => [name, Array.from(tensor.data)]));
}

const greatest = (left, right) => Math.max(...left.map((value, index) => Math.abs(value - right[index])));
const argmax = (values) => values.indexOf(Math.max(...values));
const load = (name) => ort.InferenceSession.create(new Uint8Array(readFileSync(join(modelDir, name))));

const [onnx, ortFormat] = [await load("model.onnx"), await load("model.ort")];
const report = { prompts: golden.length, onnx_vs_ort_max: 0, python_vs_ort_max: 0, argmax_disagreements: 0 };
for (const row of golden) {
  const a = await outputsOf(onnx, row.features);
  const b = await outputsOf(ortFormat, row.features);
  for (const name of Object.keys(a))
    report.onnx_vs_ort_max = Math.max(report.onnx_vs_ort_max, greatest(a[name], b[name]));
  for (const head of HEADS) {
    const logits = b[`${head}_logits`];
    report.python_vs_ort_max = Math.max(report.python_vs_ort_max, greatest(row[head], logits));
    if (argmax(logits) !== argmax(row[head])) report.argmax_disagreements += 1;
  }
  const scores = { ...row.complexity_sub, ...row.risk_sub };
  for (const [name, value] of Object.entries(scores)) {
    const output = b[`complexity_sub_${name}`] ?? b[`risk_sub_${name}`];
    report.python_vs_ort_max = Math.max(report.python_vs_ort_max, Math.abs(output[0] - value));
  }
}
mkdirSync(join(here, "dist"), { recursive: true });
writeFileSync(join(here, "dist", "engines.json"), `${JSON.stringify(report, null, 2)}\n`);
console.log(JSON.stringify(report));
