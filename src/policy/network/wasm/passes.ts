import { instantiate, type WasmMemory, type WasmModule } from '../../../../envs/math/wasm.ts';
import type { Widths } from '../types.ts';

/** The kernels of a network (assembly/net.ts) and how their passes fall into parts that any hand may make, in any order. */

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
  /** Rows of a part, and rows that go back together at most. */
  readonly CHUNK: Global;
  readonly SLAB: Global;
  begin(layers: number, hands: number, hand: number): void;
  layer(inputs: number, outputs: number): void;
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

/** An instance's place among those that share a memory. */
interface Place {
  readonly memory?: WasmMemory;
  readonly hands: number;
  readonly hand: number;
}

/** @param place where the module imports its memory */
export function kernelOf(
  module: WasmModule,
  widths: Widths,
  { memory, hands, hand }: Place = { hands: 1, hand: 0 },
): Kernel {
  const kernel = instantiate<Kernel>(module, { env: { memory } });
  kernel.begin(widths.length - 1, hands, hand);
  for (let l = 1; l < widths.length; l++) kernel.layer(widths[l - 1], widths[l]);
  return kernel;
}

/** So many numbers of a kernel's memory as it is now. */
export function viewsOf({ memory }: Kernel): (address: Global, length: number) => Float64Array<ArrayBuffer> {
  const buffer = memory.buffer as ArrayBuffer;
  // WebAssembly hands out addresses of more than 2 GiB as negative numbers.
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

/** Parts of a pass: chunks of rows, or of the sum the columns of a gradient, whose elements are each summed over all rows. */
export function partCount(kernel: Kernel, { kind, start, end }: Pass): number {
  return kind === 'sum' ? kernel.units() : Math.ceil((end - start) / kernel.CHUNK.value);
}

export function makePart(kernel: Kernel, { kind, n, start, end }: Pass, part: number): void {
  const chunk = kernel.CHUNK.value;
  const first = start + part * chunk;
  const last = Math.min(end, first + chunk);
  switch (kind) {
    case 'forward':
      kernel.forward(n, first, last);
      break;
    case 'backward':
      kernel.backward(start, first, last);
      break;
    case 'sum':
      kernel.sum(part, start, end, start === 0);
      break;
    case 'jvp':
      kernel.jvp(n, first, last);
  }
}

/** All parts of the passes, on this thread. */
export function runAlone(kernel: Kernel, all: readonly Pass[]): void {
  for (const pass of all) {
    const parts = partCount(kernel, pass);
    for (let part = 0; part < parts; part++) makePart(kernel, pass, part);
  }
}
