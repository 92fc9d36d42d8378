// Bundled modules that are not code: what each ending is at run time.
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
declare module "*.ort" {
  const bytes: ArrayBuffer;
  export default bytes;
}
declare module "*.bin" {
  const bytes: ArrayBuffer;
  export default bytes;
}
