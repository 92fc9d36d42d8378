import wasmModule from "onnxruntime-web/ort-wasm-simd-threaded.wasm";
import { env, InferenceSession } from "onnxruntime-web/wasm";
import type { Result } from "../../../shared/base/result.ts";
import { fail, ok } from "../../../shared/base/result.ts";

/** A graph file as it lies in a bundle or a bucket; the two formats need different session options. */
export interface GraphFile {
  readonly bytes: ArrayBuffer;
  readonly format: "onnx" | "ort";
}

/** What became of the runtime's one initialisation in this isolate; a second concurrent one would throw. */
let firstCreate: Promise<unknown> | null = null;

// One thread: workerd has none to give. The marker makes the embedded glue skip its search for a script address; it is
// never compiled. A lone byte would do, eight are the size of a module's header.
env.wasm.numThreads = 1;
env.wasm.wasmBinary = new ArrayBuffer(8);

/**
 * Runs `work` while WebAssembly.instantiate answers with the precompiled module. Workers forbid compiling bytes, and
 * the runtime knows no way to be handed a module; this is needed only until its first session stands.
 */
async function withPrecompiledModule<T>(work: () => Promise<T>): Promise<T> {
  const instantiate = WebAssembly.instantiate;
  const answer = async (source: unknown, imports?: WebAssembly.Imports) =>
    source instanceof WebAssembly.Module
      ? instantiate(source, imports)
      : { instance: new WebAssembly.Instance(wasmModule, imports), module: wasmModule };
  Object.assign(WebAssembly, { instantiate: answer });
  try {
    return await work();
  } finally {
    Object.assign(WebAssembly, { instantiate });
  }
}

// use_ort_model_bytes_for_initializers must stay unset: the runtime frees the buffer that the weights would point into
// and then answers with plausible wrong numbers (measured on 1.30.0). Reading the bytes directly is safe.
const optionsOf = (format: GraphFile["format"]): InferenceSession.SessionOptions => ({
  executionProviders: ["wasm"],
  ...(format === "ort" ? { extra: { session: { use_ort_model_bytes_directly: "1" } } } : {}),
});

/**
 * A session on `graph`. The first call of the isolate also starts the runtime (some 200 ms of CPU) and later calls wait
 * for it; a runtime that failed to start stays failed. Every failure is `malformed_data` with the runtime's message.
 */
export async function createSession(graph: GraphFile): Promise<Result<InferenceSession>> {
  const create = () => InferenceSession.create(new Uint8Array(graph.bytes), optionsOf(graph.format));
  try {
    if (firstCreate === null) {
      const first = withPrecompiledModule(create);
      firstCreate = first;
      return ok(await first);
    }
    // How the first one ended is its caller's business: a bad graph there says nothing about this one.
    await firstCreate.catch(() => null);
    return ok(await create());
  } catch (error) {
    return fail({
      kind: "malformed_data",
      what: "graph",
      detail: error instanceof Error ? error.message : String(error),
    });
  }
}
