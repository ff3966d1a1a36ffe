import { setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/** The same training step in TensorFlow.js, float32, on its WebAssembly backend with one thread. */
export interface TensorflowStep {
  /** forward, backward and Adam; ends when the new parameters can be read. */
  step(): void;
  forward(): void;
  /** y [n, O] and the gradient of sum(u y) for the parameters [P], to compare. */
  compare(u: Float64Array): { y: Float32Array; gradient: number[] };
  close(): void;
}

export async function loadTensorflow(): Promise<void> {
  setThreadsCount(1);
  await tf.setBackend('wasm');
  await tf.ready();
}

interface Layer {
  readonly w: tf.Variable<tf.Rank.R2>;
  readonly b: tf.Variable<tf.Rank.R1>;
}

/** @param x [n, I] @param target [n, O] */
export function tensorflowStep(
  widths: readonly number[],
  theta: Float64Array,
  x: Float64Array,
  target: Float64Array,
): TensorflowStep {
  const n = x.length / widths[0];
  const input = tf.tensor2d(Float32Array.from(x), [n, widths[0]]);
  const wanted = tf.tensor2d(Float32Array.from(target), [n, widths[widths.length - 1]]);
  const layers = layersOf(widths, theta);
  const adam = tf.train.adam(1e-3);

  function forward(): tf.Tensor2D[] {
    const outs = [input];
    layers.forEach(({ w, b }, l) => {
      const z = tf.add(tf.matMul(outs[l], w), b) as tf.Tensor2D;
      outs.push(l + 1 < layers.length ? tf.tanh(z) : z);
    });
    return outs;
  }

  /** Explicitly: its own differentiation comes only with the union package. Transposing first is nine times as fast. */
  function gradients(outs: readonly tf.Tensor2D[], u: tf.Tensor2D): Record<string, tf.Tensor> {
    const named: Record<string, tf.Tensor> = {};
    let d = u;
    for (let l = layers.length - 1; l >= 0; l--) {
      const { w, b } = layers[l];
      named[w.name] = tf.matMul(tf.transpose(outs[l]), d);
      named[b.name] = tf.sum(d, 0);
      if (l > 0) d = tf.mul(tf.matMul(d, tf.transpose(w)), tf.sub(1, tf.square(outs[l]))) as tf.Tensor2D;
    }
    return named;
  }

  const parameters = () => layers.flatMap(({ w, b }) => [w, b]);
  return {
    step() {
      tf.tidy(() => {
        const outs = forward();
        const error = tf.div(tf.sub(outs[outs.length - 1], wanted), n) as tf.Tensor2D;
        const named = Object.entries(gradients(outs, error)).map(([name, tensor]) => ({ name, tensor }));
        adam.applyGradients(named);
      });
      layers[0].b.dataSync();
    },
    forward: () => tf.tidy(() => void forward().at(-1)?.dataSync()),
    compare: (u) =>
      tf.tidy(() => {
        const outs = forward();
        const named = gradients(outs, tf.tensor2d(Float32Array.from(u), [n, widths[widths.length - 1]]));
        return {
          y: outs[outs.length - 1].dataSync() as Float32Array,
          gradient: parameters().flatMap(({ name }) => Array.from(named[name].dataSync())),
        };
      }),
    close() {
      for (const each of [input, wanted, ...parameters()]) each.dispose();
      adam.dispose();
    },
  };
}

function layersOf(widths: readonly number[], theta: Float64Array): Layer[] {
  let offset = 0;
  const take = (length: number) => {
    offset += length;
    return Float32Array.from(theta.subarray(offset - length, offset));
  };
  return widths.slice(1).map((outputs, l) => ({
    w: tf.variable(tf.tensor2d(take(widths[l] * outputs), [widths[l], outputs])),
    b: tf.variable(tf.tensor1d(take(outputs))),
  }));
}
