import { instantiate, type WasmMemory, type WasmModule } from '../../../envs/math/wasm.ts';
import type { Widths } from './types.ts';

/** The kernels of one network (assembly/net.ts), and how their passes fall into parts that any thread may make, in any order. */

/** Addresses are bytes in the memory, set by `reserve`. */
export interface Kernel {
  readonly memory: WasmMemory;
  readonly theta: Global;
  readonly x: Global;
  readonly y: Global;
  readonly u: Global;
  readonly grad: Global;
  readonly v: Global;
  readonly jv: Global;
  /** Rows that go through all layers together, and rows that can go back together at most. */
  readonly CHUNK: Global;
  readonly SLAB: Global;
  begin(layers: number, threads: number, thread: number): void;
  layer(inputs: number, outputs: number): void;
  /** Lays the memory out for n rows; 0 when there is not enough of it. */
  reserve(n: number): number;
  beforeForward(n: number): void;
  forward(n: number, start: number, end: number): void;
  beforeVjp(): void;
  backward(slab: number, start: number, end: number): void;
  units(): number;
  sum(unit: number, start: number, end: number, fresh: boolean): void;
  afterVjp(): void;
  beforeJvp(n: number): void;
  jvp(n: number, start: number, end: number): void;
}

interface Global {
  readonly value: number;
}

/** An instance's place among those that share a memory, which the module imports. */
export interface Place {
  readonly memory: WasmMemory;
  readonly threads: number;
  readonly thread: number;
}

/** @param place of a module with a memory of its own, none */
export function createKernel(module: WasmModule, widths: Widths, place?: Place): Kernel {
  const { memory, threads = 1, thread = 0 } = place ?? {};
  const kernel = instantiate<Kernel>(module, { env: { memory } });
  kernel.begin(widths.length - 1, threads, thread);
  for (let l = 1; l < widths.length; l++) kernel.layer(widths[l - 1], widths[l]);
  return kernel;
}

/** So many numbers of a kernel's memory as it is now: growing the memory detaches every view of it. */
export function viewsOf({ memory }: Kernel): (address: Global, length: number) => Float64Array<ArrayBuffer> {
  const buffer = memory.buffer as ArrayBuffer;
  // An address of more than 2 GiB comes out of WebAssembly as a negative number.
  return ({ value }, length) => new Float64Array(buffer, value >>> 0, length);
}

export const passKinds = ['forward', 'backward', 'sum', 'jvp'] as const;

/** A pass over the rows [start, end) of the n there are. */
export interface Pass {
  readonly kind: (typeof passKinds)[number];
  readonly n: number;
  readonly start: number;
  readonly end: number;
}

/** Parts of a pass: chunks of rows, or of a sum the columns of the gradient, whose elements are each summed over all rows. */
export function partsOf(kernel: Kernel, { kind, start, end }: Pass): number {
  return kind === 'sum' ? kernel.units() : Math.ceil((end - start) / kernel.CHUNK.value);
}

export function makePart(kernel: Kernel, { kind, n, start, end }: Pass, part: number): void {
  const first = start + part * kernel.CHUNK.value;
  const last = Math.min(end, first + kernel.CHUNK.value);
  if (kind === 'forward') kernel.forward(n, first, last);
  else if (kind === 'backward') kernel.backward(start, first, last);
  else if (kind === 'jvp') kernel.jvp(n, first, last);
  else kernel.sum(part, start, end, start === 0);
}

/** Makes all parts of a pass on this thread. */
export function makeAll(kernel: Kernel, pass: Pass): void {
  const { kind, n, start, end } = pass;
  if (kind === 'forward') kernel.forward(n, start, end);
  else if (kind === 'backward') kernel.backward(start, start, end);
  else if (kind === 'jvp') kernel.jvp(n, start, end);
  else for (let unit = 0; unit < kernel.units(); unit++) makePart(kernel, pass, unit);
}
