/**
 * Loads the WebAssembly that travels inside the program text: the same two lines in Node, in a page and in a worker,
 * with no file to find and nothing to wait for.
 */

/** The part of the WebAssembly API used here; its full types would bring in those of the whole DOM. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule) => { readonly exports: object };
};

/** A compiled module, opaque. */
export type WasmModule = object;

/**
 * Compiles a module without waiting. Our modules are a few kilobytes: a page of Chromium compiles up to 8 MB this way
 * on its main thread (4 KB before version 115); workers, Node and other browsers have no such limit.
 */
export function compile(base64: string): WasmModule {
  return new WebAssembly.Module(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
}

/** A fresh instance of a module, as its exports, whose type the caller vouches for. */
export function instantiate<Exports extends object>(module: WasmModule): Exports {
  return new WebAssembly.Instance(module).exports as Exports;
}
