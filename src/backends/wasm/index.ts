/**
 * The network in float64 WebAssembly SIMD (assembly/net.ts). Without the relaxed SIMD proposal every operation is an
 * IEEE one, so a network gives the same bits in every engine and on every machine (NaN payloads aside).
 */

import { compile, instantiate } from '../../../envs/math/wasm.ts';
import { checkForward, checkLength, checkWidths, sizeOf } from '../shape.ts';
import type { NetBackend, Network, Widths } from '../types.ts';
import { bytes, digest } from './net.generated.ts';

/** Addresses are bytes in `memory`, set by `reserve`. */
interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly theta: { readonly value: number };
  readonly x: { readonly value: number };
  readonly y: { readonly value: number };
  readonly u: { readonly value: number };
  readonly grad: { readonly value: number };
  readonly v: { readonly value: number };
  readonly jv: { readonly value: number };
  layer(inputs: number, outputs: number): void;
  reserve(n: number): number;
  forward(n: number): void;
  vjp(n: number): void;
  jvp(n: number): void;
}

const net = compile(bytes);

/**
 * Each network is an instance of its own: its activations are safe from the others, and its memory goes with it. Make
 * networks once rather than per call: a memory reserves 8 GB of addresses, and the threads of one Chromium page
 * together have room for about 120.
 */
class WasmNetwork implements Network {
  readonly widths: Widths;
  readonly size: number;
  private readonly kernel = instantiate<Kernel>(net);
  /** Rows the memory is laid out for. */
  private capacity = -1;
  /** Rows of the last forward pass; the views are of this many. */
  private rows = -1;
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
    for (let l = 1; l < widths.length; l++) this.kernel.layer(widths[l - 1], widths[l]);
  }

  forward(theta: Float64Array, x: Float64Array, n: number): Float64Array {
    checkLength('theta', theta, this.size);
    checkLength(`x of ${n} rows`, x, n * this.widths[0]);
    if (n !== this.rows) this.resize(n);
    this.theta.set(theta);
    this.x.set(x);
    this.kernel.forward(n);
    return this.y;
  }

  vjp(u: Float64Array): Float64Array {
    checkForward('vjp', this.rows);
    checkLength(`u for the ${this.rows} rows of the last forward pass`, u, this.u.length);
    this.u.set(u);
    this.kernel.vjp(this.rows);
    return this.grad;
  }

  jvp(v: Float64Array): Float64Array {
    checkForward('jvp', this.rows);
    checkLength('v', v, this.size);
    this.v.set(v);
    this.kernel.jvp(this.rows);
    return this.jv;
  }

  private resize(n: number): void {
    const { kernel } = this;
    this.rows = -1;
    if (n > this.capacity) {
      this.capacity = -1;
      if (!kernel.reserve(n))
        throw new Error(`a pass of ${n} rows through [${this.widths.join(', ')}] does not fit in 4 GiB`);
      this.capacity = n;
    }
    // Growing the memory detaches every view of it.
    const view = (address: { readonly value: number }, length: number) =>
      new Float64Array(kernel.memory.buffer, address.value, length);
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

export const wasmBackend: NetBackend = {
  name: 'wasm',
  version: digest,
  dtype: 'float64',
  network: (widths) => new WasmNetwork(widths),
};
