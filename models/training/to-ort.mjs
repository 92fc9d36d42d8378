// Converts models/kickoff-1/model.onnx to model.ort with the native runtime of the version that the router ships (1.30.0):
// the ORT format is only promised to load in the release that wrote it. onnxruntime-node is no dependency of this
// repository (288 MB); install it in any scratch folder and name that folder:
//   mkdir SCRATCH && cd SCRATCH && npm install --ignore-scripts onnxruntime-node@1.30.0
//   node models/training/to-ort.mjs --runtime SCRATCH
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const modelDir = join(dirname(fileURLToPath(import.meta.url)), "..", "kickoff-1");
const { values } = parseArgs({
  options: { runtime: { type: "string" }, model: { type: "string", default: join(modelDir, "model.onnx") } },
});
if (values.runtime === undefined) throw new Error("--runtime FOLDER (with node_modules/onnxruntime-node) is needed");

const requireFromScratch = createRequire(join(resolve(values.runtime), "package.json"));
const ort = requireFromScratch("onnxruntime-node");
const target = values.model.replace(/\.onnx$/, ".ort");
// "extended" is the highest level whose result does not depend on the machine that converts.
const session = await ort.InferenceSession.create(values.model, {
  optimizedModelFilePath: target,
  graphOptimizationLevel: "extended",
});
await session.release?.();
console.log(`wrote ${target}`);
