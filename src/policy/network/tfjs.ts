/**
 * The network by explicit TensorFlow.js operations, in float32: forward, vjp and jvp are written out, so that they run on
 * any of its backends (tensorflow, wasm, cpu, webgl, webgpu) without its registry of gradients.
 */

import type * as tfjs from '@tensorflow/tfjs-core';
import { checkForward, checkLength, checkWidths, type NetBackend, type Network, sizeOf, type Widths } from './types.ts';

type Matrix = tfjs.Tensor2D;

/** What is used of TensorFlow.js: every one of its packages has it. */
export type TensorFlow = Pick<
  typeof tfjs,
  | 'add'
  | 'concat'
  | 'dispose'
  | 'keep'
  | 'matMul'
  | 'mul'
  | 'ones'
  | 'reshape'
  | 'slice'
  | 'square'
  | 'sub'
  | 'tanh'
  | 'tensor2d'
  | 'tidy'
  | 'transpose'
>;

/** What the derivatives at a forward pass have in common. */
interface Slopes {
  /** What went into each layer, turned [in + 1, n]. */
  readonly turnedInputs: readonly Matrix[];
  /** Of the layers after the first. */
  readonly later: readonly {
    /** Weights without the biases [in, out], and turned. */
    readonly weights: Matrix;
    readonly turnedWeights: Matrix;
    /** tanh' of what went into the layer, 1 - h^2 [n, in]. */
    readonly slope: Matrix;
  }[];
}

/**
 * A layer's weights and biases are one matrix [in + 1, out], as they lie in theta, and its input has a column of ones: then
 * z = [h 1] W, and the gradient [h 1]^T delta is theta's, biases and all.
 */
class TfjsNetwork implements Network {
  readonly widths: Widths;
  readonly size: number;
  private readonly tf: TensorFlow;
  /** What the tensors of the parameters hold: they are uploaded when it changes. */
  private readonly uploaded: Float64Array;
  private parameters: readonly Matrix[] = [];
  /** Of the last forward pass: its rows, what went into each layer [n, in + 1], and once they are asked for, the slopes. */
  private rows = -1;
  private inputs: readonly Matrix[] = [];
  private slopes: Slopes | null = null;

  constructor(tf: TensorFlow, widths: Widths) {
    checkWidths(widths);
    this.tf = tf;
    this.widths = [...widths];
    this.size = sizeOf(widths);
    this.uploaded = new Float64Array(this.size).fill(Number.NaN);
  }

  forward(theta: Float64Array, x: Float64Array, n: number): Float64Array {
    checkLength('theta', theta, this.size);
    checkLength(`x of ${n} rows`, x, n * this.widths[0]);
    this.forget();
    this.upload(theta);
    const y = n ? this.read(() => this.pass(x, n)) : new Float64Array(0);
    this.rows = n;
    return y;
  }

  vjp(u: Float64Array): Float64Array {
    const { tf, widths, rows } = this;
    checkForward('vjp', rows);
    const outputs = widths[widths.length - 1];
    checkLength(`u for the ${rows} rows of the last forward pass`, u, rows * outputs);
    if (!rows) return new Float64Array(this.size);
    const { turnedInputs, later } = this.slopesOf();
    return this.read(() => {
      const gradients: tfjs.Tensor1D[] = [];
      let delta = this.matrix(u, rows, outputs);
      for (let l = turnedInputs.length - 1; l >= 0; l--) {
        gradients.unshift(tf.reshape(tf.matMul(turnedInputs[l], delta), [-1]));
        if (l) delta = tf.mul(tf.matMul(delta, later[l - 1].turnedWeights), later[l - 1].slope);
      }
      return tf.concat(gradients);
    });
  }

  jvp(v: Float64Array): Float64Array {
    const { tf, rows } = this;
    checkForward('jvp', rows);
    checkLength('v', v, this.size);
    if (!rows) return new Float64Array(0);
    const { later } = this.slopesOf();
    return this.read(() => {
      const directions = this.layersOf(v);
      let tangent: Matrix = tf.matMul(this.inputs[0], directions[0]);
      later.forEach(({ weights, slope }, k) => {
        const direct: Matrix = tf.matMul(this.inputs[k + 1], directions[k + 1]);
        tangent = tf.add(direct, tf.matMul(tf.mul(tangent, slope), weights));
      });
      return tangent;
    });
  }

  private pass(x: Float64Array, n: number): Matrix {
    const { tf, widths, parameters } = this;
    const ones = tf.ones([n, 1]) as Matrix;
    const inputs: Matrix[] = [];
    let h = this.matrix(x, n, widths[0]);
    parameters.forEach((w, l) => {
      inputs.push(tf.concat([h, ones], 1));
      const z: Matrix = tf.matMul(inputs[l], w);
      h = l + 1 < parameters.length ? tf.tanh(z) : z;
    });
    this.inputs = inputs.map((input) => tf.keep(input));
    return h;
  }

  private upload(theta: Float64Array): void {
    const { uploaded } = this;
    if (theta.every((value, i) => value === uploaded[i])) return;
    // Not a number is what no theta holds, should the upload fail.
    uploaded.fill(Number.NaN);
    this.tf.dispose([...this.parameters]);
    this.parameters = [];
    this.parameters = this.tf.tidy(() => this.layersOf(theta));
    uploaded.set(theta);
  }

  /** Made once for a forward pass: products with the Fisher information ask for them again and again. */
  private slopesOf(): Slopes {
    const { tf, widths, rows, inputs, parameters } = this;
    const make = (): Slopes => ({
      // Turned by themselves: the wasm backend multiplies by a turned matrix nine times as slowly.
      turnedInputs: inputs.map((input) => tf.transpose(input)),
      later: inputs.slice(1).map((input, k) => {
        const [from, to] = widths.slice(k + 1);
        const weights = tf.slice(parameters[k + 1], [0, 0], [from, to]);
        const h = tf.slice(input, [0, 0], [rows, from]);
        return { weights, turnedWeights: tf.transpose(weights), slope: tf.sub(1, tf.square(h)) };
      }),
    });
    // tidy spares the tensors in what is returned.
    this.slopes ??= tf.tidy(make as () => never) as Slopes;
    return this.slopes;
  }

  private forget(): void {
    this.rows = -1;
    this.tf.dispose([...this.inputs]);
    if (this.slopes) this.tf.dispose(this.slopes as unknown as tfjs.TensorContainer);
    this.inputs = [];
    this.slopes = null;
  }

  /** The matrices [in + 1, out] in a vector like theta. */
  private layersOf(theta: Float64Array): Matrix[] {
    let offset = 0;
    return this.widths.slice(1).map((outputs, l) => {
      const rows = this.widths[l] + 1;
      offset += rows * outputs;
      return this.matrix(theta.subarray(offset - rows * outputs, offset), rows, outputs);
    });
  }

  /** The numbers of a tensor, whose making leaves no others behind. They are read outside of tidy, which would look at each. */
  private read(make: () => Matrix | tfjs.Tensor1D): Float64Array {
    const tensor = this.tf.tidy(make) as tfjs.Tensor;
    const numbers = new Float64Array(tensor.dataSync());
    tensor.dispose();
    return numbers;
  }

  private matrix(data: Float64Array, rows: number, columns: number): Matrix {
    return this.tf.tensor2d(new Float32Array(data), [rows, columns]);
  }
}

/**
 * A backend on a TensorFlow.js that is at hand, with whatever backend is set in it. In a page:
 *
 *     import * as tf from '@tensorflow/tfjs-core';
 *     import '@tensorflow/tfjs-backend-webgl';
 *     await tf.setBackend('webgl');
 *     const backend = tfjsBackend(tf, { name: 'tfjs', version: '4.22.0, webgl' });
 *
 * @throws Error where results cannot be read at once: WebGPU in some browsers gives zeros
 */
export function tfjsBackend(tf: TensorFlow, { name, version }: Pick<NetBackend, 'name' | 'version'>): NetBackend {
  const product = tf.tidy(() => tf.matMul(tf.tensor2d([1, 2], [1, 2]), tf.tensor2d([3, 4], [2, 1])));
  const [found] = product.dataSync();
  product.dispose();
  if (found !== 11) {
    throw new Error(`${name} (${version}) cannot be read synchronously: expected 11 for 1 * 3 + 2 * 4, found ${found}`);
  }
  return { name, version, dtype: 'float32', network: (widths) => new TfjsNetwork(tf, widths) };
}
