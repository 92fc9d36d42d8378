const isBuffer = (value: unknown): value is ArrayBufferLike =>
  value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;

/** Size of a WebAssembly.Memory as it is now; it only grows. */
function bytesOf(memory: object): number {
  const buffer: unknown = Reflect.get(memory, "buffer");
  return isBuffer(buffer) ? buffer.byteLength : 0;
}

/**
 * Starts to note every WebAssembly memory that is made from now on and answers with the sum of their sizes, bytes. The
 * runtime keeps its memory to itself, so this must be called before the first session.
 */
export function watchWasmMemory(): () => number {
  const memories: object[] = [];
  // By name: the types in use here know WebAssembly's modules only.
  const wasm: unknown = Reflect.get(globalThis, "WebAssembly");
  if (typeof wasm !== "object" || wasm === null) throw new Error("this runtime has no WebAssembly");
  const makeMemory: unknown = Reflect.get(wasm, "Memory");
  if (typeof makeMemory !== "function") throw new Error("this runtime has no WebAssembly.Memory");
  const watched = new Proxy(makeMemory, {
    construct: (target, args: unknown[]) => {
      const memory: object = Reflect.construct(target, args);
      memories.push(memory);
      return memory;
    },
  });
  Reflect.set(wasm, "Memory", watched);
  return () => memories.reduce((sum, memory) => sum + bytesOf(memory), 0);
}
