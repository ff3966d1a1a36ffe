/**
 * The network in float64 WebAssembly SIMD (assembly/net.ts). Without the relaxed SIMD proposal every operation is an
 * IEEE one, so a network gives the same bits in every engine and on every machine (NaN payloads aside).
 */

import { compile, instantiate } from '../../../envs/math/wasm.ts';
import { bytes, digest } from './net.generated.ts';
import { checkForward, checkLength, checkWidths, type NetBackend, type Network, sizeOf, type Widths } from './types.ts';

/** The kernels of one network (assembly/net.ts), with a memory of their own. Addresses are bytes in it, set by `reserve`. */
interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly theta: Global;
  readonly x: Global;
  readonly y: Global;
  readonly u: Global;
  readonly grad: Global;
  readonly v: Global;
  readonly jv: Global;
  /** Rows that can go back together at most. */
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

const net = compile(bytes);

function createKernel(widths: Widths): Kernel {
  const kernel = instantiate<Kernel>(net);
  kernel.begin(widths.length - 1, 1, 0);
  for (let l = 1; l < widths.length; l++) kernel.layer(widths[l - 1], widths[l]);
  return kernel;
}

/** Takes the rows [start, end) of the last forward pass back and adds what they give to J^T u, which the rows from 0 on begin anew. */
function addRows(kernel: Kernel, start: number, end: number, fresh = start === 0): void {
  kernel.backward(start, start, end);
  const units = kernel.units();
  for (let unit = 0; unit < units; unit++) kernel.sum(unit, start, end, fresh);
}

/** So many numbers of a kernel's memory as it is now: growing the memory detaches every view of it. */
function viewsOf({ memory }: Kernel): (address: Global, length: number) => Float64Array<ArrayBuffer> {
  const { buffer } = memory;
  // An address of more than 2 GiB comes out of WebAssembly as a negative number.
  return ({ value }, length) => new Float64Array(buffer, value >>> 0, length);
}

/** Rows that go back together: few enough for what is found for them to stay in the processor's cache. */
const slab = 256;

/**
 * Each network is an instance of its own: its activations are safe from the others, and its memory goes with it. Make
 * networks once rather than per call: a memory reserves 8 GB of addresses, and the threads of one Chromium page
 * together have room for about 120.
 */
class WasmNetwork implements Network {
  readonly widths: Widths;
  readonly size: number;
  private readonly kernel: Kernel;
  /** Rows the memory is laid out for. */
  private capacity = -1;
  /** Rows that the views are of. */
  private rows = -1;
  /** Rows of the last forward pass; less than 0 while there is none. */
  private passed = -1;
  /** Whether the weights are turned, for going back: a pass of another kind undoes that. */
  private isTurned = false;
  private theta = new Float64Array();
  private grad = new Float64Array();
  private v = new Float64Array();
  private x = new Float64Array();
  private y = new Float64Array();
  private u = new Float64Array();
  private jv = new Float64Array();

  constructor(widths: Widths) {
    checkWidths(widths);
    this.widths = [...widths];
    this.size = sizeOf(widths);
    this.kernel = createKernel(widths);
  }

  forward(theta: Float64Array, x: Float64Array, n: number): Float64Array {
    checkLength('theta', theta, this.size);
    checkLength(`x of ${n} rows`, x, n * this.widths[0]);
    this.passed = -1;
    if (n !== this.rows) this.resize(n);
    this.theta.set(theta);
    this.x.set(x);
    this.isTurned = false;
    this.kernel.beforeForward(n);
    this.kernel.forward(n, 0, n);
    this.passed = n;
    return this.y;
  }

  vjp(u: Float64Array): Float64Array {
    const { kernel, passed: n } = this;
    checkForward('vjp', n);
    checkLength(`u for the ${n} rows of the last forward pass`, u, this.u.length);
    this.u.set(u);
    if (!this.isTurned) kernel.beforeVjp();
    this.isTurned = true;
    for (let start = 0; start === 0 || start < n; start += slab) addRows(kernel, start, Math.min(n, start + slab));
    kernel.afterVjp();
    return this.grad;
  }

  jvp(v: Float64Array): Float64Array {
    const { kernel, passed: n } = this;
    checkForward('jvp', n);
    checkLength('v', v, this.size);
    this.v.set(v);
    this.isTurned = false;
    kernel.beforeJvp(n);
    kernel.jvp(n, 0, n);
    return this.jv;
  }

  private resize(n: number): void {
    const { kernel } = this;
    this.rows = -1;
    if (n > this.capacity) {
      this.capacity = -1;
      if (kernel.reserve(n) !== 1) {
        throw new Error(`a pass of ${n} rows through [${this.widths.join(', ')}] does not fit in 4 GiB`);
      }
      this.capacity = n;
    }
    const view = viewsOf(kernel);
    const outputs = n * this.widths[this.widths.length - 1];
    this.theta = view(kernel.theta, this.size);
    this.grad = view(kernel.grad, this.size);
    this.v = view(kernel.v, this.size);
    this.x = view(kernel.x, n * this.widths[0]);
    this.y = view(kernel.y, outputs);
    this.u = view(kernel.u, outputs);
    this.jv = view(kernel.jv, outputs);
    this.rows = n;
  }
}

/**
 * What acts, everywhere and always: an episode then has the same bytes on every machine and in every batch, whatever its
 * policy was trained with.
 */
export const defaultBackend: NetBackend = {
  name: 'wasm',
  version: digest,
  dtype: 'float64',
  network: (widths) => new WasmNetwork(widths),
};

/**
 * X^T U for X [n, K] and U [n, M], in float64, summed over the rows upwards: the gradient of a linear layer without its forward
 * pass. The rows come a few at a time, so that nothing grows with n.
 */
export interface Products {
  /** Rows that there is room for at a time. */
  readonly room: number;
  /** Where the next rows are to be put, [room, K] and [room, M]. */
  readonly x: Float64Array;
  readonly u: Float64Array;
  /**
   * Adds the products of the first n rows.
   * @param fresh begins a new sum
   */
  add(n: number, fresh: boolean): void;
  /** The sum [K, M]; a view that later calls overwrite. */
  total(): Float64Array;
}

/** For x of k columns and u of m. */
export function createProducts(k: number, m: number): Products {
  const kernel = createKernel([k, m]);
  const room = kernel.SLAB.value;
  if (kernel.reserve(room) !== 1) throw new Error(`products of ${k} and ${m} columns do not fit in 4 GiB`);
  const view = viewsOf(kernel);
  return {
    room,
    x: view(kernel.x, room * k),
    u: view(kernel.u, room * m),
    add: (n, fresh) => addRows(kernel, 0, n, fresh),
    total() {
      kernel.afterVjp();
      return view(kernel.grad, k * m);
    },
  };
}
