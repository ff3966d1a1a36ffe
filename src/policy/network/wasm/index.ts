/**
 * The network in float64 WebAssembly SIMD (assembly/net.ts). Without the relaxed SIMD proposal every operation is an
 * IEEE one, so a network gives the same bits in every engine and on every machine (NaN payloads aside).
 */

import { compile } from '../../../../envs/math/wasm.ts';
import { checkForward, checkLength, checkWidths, sizeOf } from '../shape.ts';
import type { NetBackend, Network, Widths } from '../types.ts';
import { bytes, digest } from './net.generated.ts';
import { type Kernel, kernelOf, type Pass, runAlone, viewsOf } from './passes.ts';

/** A network's kernels, and whoever makes its passes; who does changes no bit. */
export interface Runner {
  readonly kernel: Kernel;
  /**
   * Rows that go back together, whole chunks and no more than a slab of the kernels: few stay in the cache of one hand, many keep
   * several busy.
   */
  readonly slab: number;
  /** Lays the memory out for n rows; false when there is not enough of it. */
  reserve(n: number): boolean;
  /**
   * Makes passes one after another.
   * @returns false when they are not to be had from this memory any more, because a lost thread may yet write to it
   */
  run(...passes: readonly Pass[]): boolean;
}

/**
 * Each network is an instance of its own: its activations are safe from the others, and its memory goes with it. Make
 * networks once rather than per call: a memory reserves 8 GB of addresses, and the threads of one Chromium page
 * together have room for about 120.
 */
class WasmNetwork implements Network {
  readonly widths: Widths;
  readonly size: number;
  private readonly open: (widths: Widths) => Runner;
  private runner: Runner;
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
    this.open = open;
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
    if (!this.runner.run({ kind: 'forward', n, start: 0, end: n })) return this.moveOn();
    this.passed = n;
    return this.y;
  }

  vjp(u: Float64Array): Float64Array {
    const n = this.passed;
    checkForward('vjp', n);
    checkLength(`u for the ${n} rows of the last forward pass`, u, this.u.length);
    return this.untilMade(() => {
      const { kernel, slab } = this.runner;
      this.u.set(u);
      if (!this.isTurned) kernel.beforeVjp();
      this.isTurned = true;
      const back: Pass[] = [];
      for (let start = 0; start === 0 || start < n; start += slab) {
        const end = Math.min(n, start + slab);
        back.push({ kind: 'backward', n, start, end }, { kind: 'sum', n, start, end });
      }
      if (!this.runner.run(...back)) return null;
      kernel.afterVjp();
      return this.grad;
    });
  }

  jvp(v: Float64Array): Float64Array {
    const n = this.passed;
    checkForward('jvp', n);
    checkLength('v', v, this.size);
    return this.untilMade(() => {
      this.v.set(v);
      this.isTurned = false;
      this.runner.kernel.beforeJvp(n);
      return this.runner.run({ kind: 'jvp', n, start: 0, end: n }) ? this.jv : null;
    });
  }

  private untilMade(attempt: () => Float64Array | null): Float64Array {
    for (;;) {
      const found = attempt();
      if (found) return found;
      this.moveOn();
    }
  }

  /** Makes the last forward pass anew, in another memory, and returns y. No pass has written to what it was made of. */
  private moveOn(): Float64Array {
    const [theta, x, n] = [this.theta.slice(), this.x.slice(), this.rows];
    this.capacity = -1;
    this.rows = -1;
    this.passed = -1;
    this.runner = this.open(this.widths);
    return this.forward(theta, x, n);
  }

  private resize(n: number): void {
    const { runner } = this;
    const { kernel } = runner;
    this.rows = -1;
    if (n > this.capacity) {
      this.capacity = -1;
      if (!runner.reserve(n)) {
        throw new Error(`a pass of ${n} rows through [${this.widths.join(', ')}] does not fit in 4 GiB`);
      }
      this.capacity = n;
    }
    // Growing the memory detaches every view of it.
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

export const net = compile(bytes);

/** All by this thread. */
function alone(widths: Widths): Runner {
  const kernel = kernelOf(net, widths);
  return {
    kernel,
    slab: 256,
    reserve: (n) => kernel.reserve(n) === 1,
    run(...passes) {
      runAlone(kernel, passes);
      return true;
    },
  };
}

/** The kernels with their passes made by others than the calling thread alone. */
export function wasmBackendOn(open: (widths: Widths) => Runner): NetBackend {
  return {
    name: 'wasm',
    version: digest,
    dtype: 'float64',
    network: (widths) => new WasmNetwork(widths, open),
  };
}

export const wasmBackend = wasmBackendOn(alone);
