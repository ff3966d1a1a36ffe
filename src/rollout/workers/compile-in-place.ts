/** The part of the WebAssembly API used here; its full types would bring in those of the whole DOM. */
declare const WebAssembly: {
  readonly Module: new (bytes: ArrayBuffer) => object;
  readonly Instance: new (module: object, imports: object) => object;
};

/**
 * Runs a loader that wasm-bindgen made so that Node compiles where it stands. Left to itself it compiles in the background,
 * behind all that V8 optimises there: a thread beside one that simulates waits seconds for code that its process has
 * compiled before. It also asks for `Request` and `Response`, at which Node loads its HTTP client, 20 ms of work. Pages, where
 * those stand ready and others use them, are left alone.
 */
export async function compilingInPlace(load: () => Promise<void>): Promise<void> {
  if (!Object.getOwnPropertyDescriptor(globalThis, 'Request')?.get) return load();
  const putBack = [
    replace(globalThis, 'Request', undefined),
    replace(globalThis, 'Response', undefined),
    replace(WebAssembly, 'instantiate', (bytes: ArrayBuffer, imports: object) => {
      const module = new WebAssembly.Module(bytes);
      return { module, instance: new WebAssembly.Instance(module, imports) };
    }),
  ];
  try {
    await load();
  } finally {
    for (const each of putBack) each();
  }
}

/** Gives a property another value, without reading the one it has, and returns what undoes that. */
function replace(owner: object, name: string, value: unknown): () => void {
  const own = Object.getOwnPropertyDescriptor(owner, name);
  if (!own) return () => {};
  Object.defineProperty(owner, name, { value, configurable: true, writable: true });
  return () => {
    Object.defineProperty(owner, name, own);
  };
}
