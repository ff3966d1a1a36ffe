import { loadPhysics } from '../../envs/sim/rapier.ts';
import { learnerOf } from '../../src/train/config.ts';
import '@tensorflow/tfjs-backend-webgl';
import * as tf from '@tensorflow/tfjs-core';
import { tfjsBackend } from '../../src/policy/network/tfjs.ts';
import { configureTraining } from '../../src/train/config.ts';
import { trainOn } from '../../src/train/train.ts';
import { numbers, referenceNetwork } from '../network/reference.ts';

/** What the page of the TensorFlow.js test offers to the test. */
export interface TfjsPage {
  /** The backend in use. */
  engine(): Promise<string>;
  /** Largest errors of forward, vjp and jvp against float64, relative to the largest number. */
  errors(widths: readonly number[], n: number): Promise<number[]>;
  /** Returns of the training episodes, iteration by iteration, and tensors left over from the first on. */
  train(iterations: number): Promise<{ returns: number[]; leaked: number }>;
}

async function open() {
  await tf.setBackend('webgl');
  return tfjsBackend(tf, { name: 'tfjs', version: `${tf.version_core}, ${tf.getBackend()}` });
}

const page: TfjsPage = {
  async engine() {
    await open();
    return tf.getBackend();
  },
  async errors(widths, n) {
    const net = (await open()).network(widths);
    const truth = referenceNetwork(widths);
    const [theta, x] = [numbers(1, net.size, 0.6), numbers(2, n * widths[0], 2)];
    const [u, v] = [numbers(3, n * widths[widths.length - 1]), numbers(4, net.size)];
    const pairs = [
      [net.forward(theta, x, n), truth.forward(theta, x, n)],
      [net.vjp(u), truth.vjp(u)],
      [net.jvp(v), truth.jvp(v)],
    ];
    return pairs.map(([found, expected]) => {
      const scale = Math.max(...expected.map(Math.abs));
      return Math.max(...found.map((value, i) => Math.abs(value - expected[i]))) / scale;
    });
  },
  async train(iterations) {
    await loadPhysics();
    const options = { batch: 200, evalEvery: 1e9 };
    const config = configureTraining({ env: 'panda-reach', backend: 'tfjs', envOptions: { horizon: 10 }, options });
    const learner = learnerOf(config, { backend: await open() });
    const returns: number[] = [];
    let tensors = 0;
    for (const { training } of trainOn(learner, { iterations, untilSolved: false })) {
      tensors ||= tf.memory().numTensors;
      returns.push(training.meanReturn);
    }
    return { returns, leaked: tf.memory().numTensors - tensors };
  },
};

Object.assign(globalThis, { tfjs: page });
