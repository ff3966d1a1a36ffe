import { createHash } from 'node:crypto';
import type { EnvConfig } from '../../envs/env.ts';
import { type OptionValues, resolveOptions } from '../../envs/options.ts';
import { configureEnv, envOf } from '../../envs/tasks/index.ts';
import { noContacts, noJoints, type Trajectory } from '../../envs/trajectory.ts';
import { algorithms } from '../../src/algorithms/index.ts';
import { baselines } from '../../src/baselines/index.ts';
import { defaultBackend } from '../../src/policy/network/index.ts';
import { optionsFor } from '../../src/train/config.ts';
import type { TrainConfig } from '../../src/train/training.ts';
import { numbers } from '../network/reference.ts';

/** log N(a; mu, sigma^2) as textbooks write it, with Math's own functions: nothing of it is shared with src. */
export function logDensity(a: number, mu: number, sigma: number): number {
  return -((a - mu) ** 2) / (2 * sigma ** 2) - Math.log(sigma * Math.sqrt(2 * Math.PI));
}

/** The largest difference; NaN, which no bound admits, where there is a NaN. */
export function largestError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.NaN;
  return Math.max(0, ...Array.from(found, (value, i) => Math.abs(value - expected[i])));
}

/** df/dx_i by central differences for every i; x is as it was afterwards. */
export function centralDifferences(x: Float64Array, f: () => number, h = 1e-5): Float64Array {
  return x.map((value, i) => {
    x[i] = value + h;
    const ahead = f();
    x[i] = value - h;
    const behind = f();
    x[i] = value;
    return (ahead - behind) / (2 * h);
  });
}

export function hex(array: ArrayBufferView): string {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('hex');
}

export function digest(array: ArrayBufferView): string {
  return createHash('sha256').update(hex(array)).digest('hex').slice(0, 16);
}

/** Everything in a trajectory, its arrays as digests of their bytes: something that a test can compare and print. */
export function bytesOf(trajectory: Trajectory): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(trajectory).map(([name, value]) => [name, ArrayBuffer.isView(value) ? digest(value) : value]),
  );
}

/** Steps that a probe of one or two numbers bears. */
const steep: Readonly<Record<string, OptionValues>> = {
  reinforce: { learningRate: 0.01 },
  ppo: { learningRate: 0.003, minibatch: 250 },
};

/** One whose training has the defaults that most have. */
export const ordinary = envOf(configureEnv('reach'));

/** A configuration for an environment that no registry knows. Small networks and batches, for speed. */
export function configOf(
  given: { algorithm?: string; seed?: number; steps?: number; env?: EnvConfig } = {},
  options: Readonly<Record<string, unknown>> = {},
): TrainConfig {
  const { algorithm = 'reinforce', seed = 0, steps = 10_000 } = given;
  const { advantage = 'monte-carlo' } = algorithms[algorithm].defaults;
  const usual = {
    ...{ hiddenWidth: 8, hiddenLayers: 1, batch: 200, batchGrowth: 0, evalEvery: 1e9 },
    ...{ gamma: 0.9, advantage, initialLogSigma: -0.5, ...steep[algorithm] },
  };
  return {
    env: given.env ?? { env: 'probe', arm: 'none', options: {} },
    algorithm,
    backend: 'wasm',
    seed,
    steps,
    options: resolveOptions(optionsFor(ordinary, algorithms[algorithm]), { ...usual, ...options }, 'the test'),
  };
}

/** Options with that baseline; where it knows no values of states, with the advantage that needs none. */
export function withBaseline(baseline: string): Record<string, string> {
  const context = { obsSize: 1, horizon: 1, hidden: [1], backend: defaultBackend, seed: 0 };
  return baselines[baseline].create(context).isStateValue ? { baseline } : { baseline, advantage: 'monte-carlo' };
}

/** An episode of a probe of two observations and one action, of which only what learning looks at is filled in. */
export function episode(
  reward: readonly number[],
  end: Trajectory['end'],
  lastValue = Number.NaN,
  more: Partial<Trajectory> = {},
): Trajectory {
  const steps = reward.length;
  const value = new Float64Array(steps + 1).fill(Number.NaN);
  value[steps] = lastValue;
  const act = Float32Array.from(numbers(steps, steps));
  return {
    seed: 0,
    steps,
    params: new Float32Array(3),
    ...noJoints,
    ...noContacts,
    dynamics: new Float32Array(),
    obs: Float32Array.from(numbers(10 + steps, (steps + 1) * 2)),
    act,
    unsquashed: new Float32Array(),
    logp: Float64Array.from(act, (a) => -a),
    reward: Float64Array.from(reward),
    terms: Float64Array.from(reward),
    pose: new Float32Array((steps + 1) * 7),
    mean: new Float64Array(steps),
    scale: new Float64Array(steps).fill(1),
    value,
    success: false,
    end,
    ...more,
  };
}
