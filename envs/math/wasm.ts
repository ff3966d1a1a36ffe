/**
 * Loads the WebAssembly that travels inside the program text: the same two lines in Node, in a page and in a worker,
 * with no file to find and nothing to wait for.
 */

/** The part of the WebAssembly API used here; its full types would bring in those of the whole DOM. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Memory: new (limits: object) => WasmMemory;
  readonly Instance: new (module: WasmModule, imports?: object) => { readonly exports: object };
};

/** A compiled module, opaque. */
export type WasmModule = object;

export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
}

/** A memory of up to 4 GiB that threads share: a message takes it to another one. */
export function sharedMemory(): WasmMemory {
  return new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
}

/**
 * Compiles a module without waiting. Our modules are a few kilobytes: a page of Chromium compiles up to 8 MB this way
 * on its main thread (4 KB before version 115); workers, Node and other browsers have no such limit.
 */
export function compile(base64: string): WasmModule {
  return new WebAssembly.Module(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
}

/** A fresh instance of a module, as its exports, whose type the caller vouches for. */
export function instantiate<Exports extends object>(module: WasmModule, imports?: object): Exports {
  return new WebAssembly.Instance(module, imports).exports as Exports;
}
