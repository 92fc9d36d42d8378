// Raw outputs of a graph for rows of token ids, by the runtime the router ships (onnxruntime-web, wasm, one thread) or
// natively (--runtime DIR with onnxruntime-node, for parity). Reads and writes JSON: [[id, ...], ...] -> [{name: [..]}, ...].
//   node dump-logits.mjs --model FILE --ids IDS.json --out OUT.json [--runtime DIR]
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    model: { type: "string" },
    ids: { type: "string" },
    out: { type: "string" },
    runtime: { type: "string" },
  },
});
const ort =
  values.runtime === undefined
    ? await import("onnxruntime-web/wasm")
    : createRequire(join(resolve(values.runtime), "package.json"))("onnxruntime-node");
if (values.runtime === undefined) ort.env.wasm.numThreads = 1;
const session = await ort.InferenceSession.create(new Uint8Array(readFileSync(values.model)));
const rows = [];
for (const ids of JSON.parse(readFileSync(values.ids, "utf8"))) {
  const shape = [1, ids.length];
  const result = await session.run({
    input_ids: new ort.Tensor("int64", BigInt64Array.from(ids, BigInt), shape),
    attention_mask: new ort.Tensor("int64", new BigInt64Array(ids.length).fill(1n), shape),
  });
  rows.push(Object.fromEntries(Object.entries(result).map(([name, { data }]) => [name, Array.from(data)])));
}
writeFileSync(values.out, JSON.stringify(rows));
