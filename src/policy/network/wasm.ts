/**
 * The network in float64 WebAssembly SIMD (assembly/net.ts). Without the relaxed SIMD proposal every operation is an
 * IEEE one, so a network gives the same bits in every engine and on every machine (NaN payloads aside).
 */

import { compile } from '../../../envs/math/wasm.ts';
import { bytes, digest } from './net.generated.ts';
import { createKernel, type Kernel, makeAll, type Pass, viewsOf } from './passes.ts';
import { checkForward, checkLength, checkWidths, type NetBackend, type Network, sizeOf, type Widths } from './types.ts';

/** A network's kernels, and whoever makes its passes; no bit depends on who does. */
export interface Runner {
  readonly kernel: Kernel;
  /** Rows that go back together, whole chunks and no more than the kernels have room for. */
  readonly slab: number;
  /** Lays the memory out for n rows; false when there is not enough of it. */
  reserve(n: number): boolean;
  run(pass: Pass): void;
}

/**
 * Each network is an instance of its own: its activations are safe from the others, and its memory goes with it. Make
 * networks once rather than per call: a memory reserves 8 GB of addresses, and the threads of one Chromium page
 * together have room for about 120.
 */
class WasmNetwork implements Network {
  readonly widths: Widths;
  readonly size: number;
  private readonly runner: Runner;
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

  constructor(widths: Widths, open: (widths: Widths) => Runner) {
    checkWidths(widths);
    this.widths = [...widths];
    this.size = sizeOf(widths);
    this.runner = open(this.widths);
  }

  forward(theta: Float64Array, x: Float64Array, n: number): Float64Array {
    checkLength('theta', theta, this.size);
    checkLength(`x of ${n} rows`, x, n * this.widths[0]);
    this.passed = -1;
    if (n !== this.rows) this.resize(n);
    this.theta.set(theta);
    this.x.set(x);
    this.isTurned = false;
    this.runner.kernel.beforeForward(n);
    this.runner.run({ kind: 'forward', n, start: 0, end: n });
    this.passed = n;
    return this.y;
  }

  vjp(u: Float64Array): Float64Array {
    const n = this.passed;
    const { kernel, slab } = this.runner;
    checkForward('vjp', n);
    checkLength(`u for the ${n} rows of the last forward pass`, u, this.u.length);
    this.u.set(u);
    if (!this.isTurned) kernel.beforeVjp();
    this.isTurned = true;
    for (let start = 0; start === 0 || start < n; start += slab) {
      const end = Math.min(n, start + slab);
      this.runner.run({ kind: 'backward', n, start, end });
      this.runner.run({ kind: 'sum', n, start, end });
    }
    kernel.afterVjp();
    return this.grad;
  }

  jvp(v: Float64Array): Float64Array {
    const n = this.passed;
    checkForward('jvp', n);
    checkLength('v', v, this.size);
    this.v.set(v);
    this.isTurned = false;
    this.runner.kernel.beforeJvp(n);
    this.runner.run({ kind: 'jvp', n, start: 0, end: n });
    return this.jv;
  }

  private resize(n: number): void {
    const { kernel } = this.runner;
    this.rows = -1;
    if (n > this.capacity) {
      this.capacity = -1;
      if (!this.runner.reserve(n)) {
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

const net = compile(bytes);

/** On the calling thread. Few rows go back together, so that what is found for them stays in its processor's cache. */
function alone(widths: Widths): Runner {
  const kernel = createKernel(net, widths);
  return { kernel, slab: 256, reserve: (n) => kernel.reserve(n) === 1, run: (pass) => makeAll(kernel, pass) };
}

/** The kernels, with their passes made by others than the calling thread alone. */
export function wasmBackendOn(open: (widths: Widths) => Runner): NetBackend {
  return { name: 'wasm', version: digest, dtype: 'float64', network: (widths) => new WasmNetwork(widths, open) };
}

/**
 * What acts, everywhere and always: an episode then has the same bytes on every machine and in every batch, whatever its
 * policy was trained with.
 */
export const defaultBackend: NetBackend = wasmBackendOn(alone);

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
  const kernel = createKernel(net, [k, m]);
  const room = kernel.SLAB.value;
  if (kernel.reserve(room) !== 1) throw new Error(`products of ${k} and ${m} columns do not fit in 4 GiB`);
  const view = viewsOf(kernel);
  return {
    room,
    x: view(kernel.x, room * k),
    u: view(kernel.u, room * m),
    add(n, fresh) {
      kernel.backward(0, 0, n);
      for (let unit = 0; unit < kernel.units(); unit++) kernel.sum(unit, 0, n, fresh);
    },
    total() {
      kernel.afterVjp();
      return view(kernel.grad, k * m);
    },
  };
}
