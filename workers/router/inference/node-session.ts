import { env, InferenceSession } from "onnxruntime-web/wasm";
import type { Result } from "../../../shared/base/result.ts";
import { fail, ok } from "../../../shared/base/result.ts";

/** The same runtime outside workerd, where it may compile its own module: for imports and golden answers. */
export async function createNodeSession(bytes: Uint8Array): Promise<Result<InferenceSession>> {
  env.wasm.numThreads = 1;
  try {
    return ok(await InferenceSession.create(bytes, { executionProviders: ["wasm"] }));
  } catch (error) {
    return fail({
      kind: "malformed_data",
      what: "graph",
      detail: error instanceof Error ? error.message : String(error),
    });
  }
}
