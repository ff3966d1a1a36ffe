import type { Env } from '../../../../envs/env.ts';
import { stream } from '../../../../envs/math/random.ts';
import { field } from '../../../../envs/spec.ts';
import type { End, Trajectory } from '../../../../envs/trajectory.ts';
import { surrogateGradient } from '../../../algorithms/ppo.ts';
import { defineAlgorithm } from '../../../algorithms/types.ts';
import { type AdvantageOptions, advantagesOf } from '../../../estimators/advantages.ts';
import { diagonalGaussian } from '../../../policy/distributions/diagonal.ts';
import { defaultBackend } from '../../../policy/network/wasm.ts';
import { createPolicy, initialTheta } from '../../../policy/policy.ts';
import { count, figures } from '../../../report/format.ts';
import { training } from '../../../train/config.ts';
import { createLearner, learn } from '../../../train/learner.ts';
import type { Evidence } from '../../experiment.ts';

/** What training credits an action with, where theory leaves exactly one number: mistakes that still learn show here. */

const gamma = 0.9;
const lengths = [1, 3, 10, 40];

export function crediting(): Evidence {
  const [cut, ended] = [worstOf('truncated'), worstOf('terminated')];
  const absorbed = absorbedByBaselines();
  return {
    findings: [
      {
        text: `past a time limit the return goes on by γ V(s_T): with an exact V, rewards of 1 leave advantages of at most ${figures(cut)}, by every estimator`,
        holds: cut < 1e-12,
      },
      {
        text: `nothing follows an end of the task's own: with an exact V, they leave at most ${figures(ended)}, whatever is noted for s_T`,
        holds: ended < 1e-12,
      },
      {
        text: `no baseline has seen the batch that it judges: of a reward that every action of one batch gets, its advantages lack at most ${figures(absorbed)}`,
        holds: absorbed < 1e-12,
      },
      {
        text: 'PPO clips on one side: where a ratio has left its bounds the gradient is 0 if it left them to the good, and whole if not',
        holds: clipsOnOneSide(),
      },
    ],
    tables: [
      {
        title: 'What training credits actions with',
        columns: ['of', 'steps in an episode', 'largest advantage left'],
        rows: [
          ['a time limit', lengths.map(count).join(', '), figures(cut)],
          ["an end of the task's own", lengths.map(count).join(', '), figures(ended)],
        ],
        note: 'Every reward is 1 and V is exact, so that no action is better than another: what is left over is wrong.',
      },
    ],
  };
}

/** The largest advantage in episodes of equal rewards whose values are exact. */
function worstOf(end: End): number {
  const plain = { returns: 'to-go', gamma, bootstrap: true, importance: 'truncated', ratioLimit: 0 } as const;
  const estimators: AdvantageOptions[] = [
    { ...plain, advantage: 'monte-carlo', lambda: 0, nSteps: 1 },
    { ...plain, advantage: 'td', lambda: 0, nSteps: 1 },
    { ...plain, advantage: 'gae', lambda: 0.7, nSteps: 1 },
    { ...plain, advantage: 'n-step', lambda: 0, nSteps: 3 },
  ];
  const left = lengths.flatMap((steps) => {
    // Sum of gamma^k over the rewards that are still to come: all there could be, or those up to the end.
    const still = (t: number) => (end === 'truncated' ? 1 : 1 - gammaTo(steps - t)) / (1 - gamma);
    const value = Float64Array.from({ length: steps + 1 }, (_, t) => still(t));
    if (end === 'terminated') value[steps] = 7;
    const episode = { steps, end, value, reward: new Float64Array(steps).fill(1), logp: new Float64Array(steps) };
    return estimators.flatMap((options) =>
      Array.from(advantagesOf(episode as unknown as Trajectory, value, episode.logp, options), Math.abs),
    );
  });
  return Math.max(...left);
}

function gammaTo(power: number): number {
  let out = 1;
  for (let k = 0; k < power; k++) out *= gamma;
  return out;
}

const steps = 12;

/** An environment that is only described: what is learned from is made by hand. */
const described: Env = {
  config: { env: 'described', arm: 'none', options: {} },
  spec: {
    name: 'described',
    obs: [field('s', 2, '1')],
    act: [field('a', 1, '1')],
    terms: ['reward'],
    params: [],
    paramsMove: false,
    markers: [],
    dynamics: [],
    controller: { kind: 'joint-step', scale: 1, unit: '1' },
    hasSuccess: false,
    bodies: [],
    dt: 1,
    horizon: steps,
  },
  scene: { arm: undefined as never, objects: [], fixed: [], gravity: 0 },
  metrics: [],
  open: () => {
    throw new Error('a described environment runs no episodes');
  },
};

/** How much of a reward of 1, given to every action of the second batch, is missing from its advantages: at most. */
function absorbedByBaselines(): number {
  const missing = (['mean', 'per-step', 'linear', 'value'] as const).flatMap((baseline) => {
    const [without, given] = [0, 1].map((more) => secondAdvantages(baseline, more));
    return Array.from(without, (a, i) => Math.abs(given[i] - a - 1));
  });
  return Math.max(...missing);
}

/** The advantages of a second batch, whose rewards are greater by `more`. */
function secondAdvantages(baseline: 'mean' | 'per-step' | 'linear' | 'value', more: number): Float64Array {
  let seen = new Float64Array();
  const probe = defineAlgorithm({
    name: 'probe',
    options: {},
    create: () => ({
      update(_theta, { advantage }) {
        seen = Float64Array.from(advantage);
        return {};
      },
      state: {},
    }),
  });
  const options = { gamma: 0, standardize: false, bootstrap: false, hiddenWidth: 4, hiddenLayers: 1 };
  const learner = createLearner(
    training({ env: described, algorithm: probe(), steps: 1000, baseline: { baseline }, options }),
  );
  const random = stream(5, 'bootstrap');
  for (const extra of [0, more]) {
    const episodes = Array.from({ length: 4 }, (): Trajectory => {
      const obs = Float32Array.from({ length: 2 * (steps + 1) }, () => random.normal());
      const reward = Float64Array.from({ length: steps }, () => random.normal() + extra);
      const t = Int32Array.from({ length: steps + 1 }, (_, k) => k % steps);
      const value = learner.baseline.predict(Float64Array.from(obs), t);
      const act = new Float32Array(steps);
      const numbers = { logp: new Float64Array(steps), act, unsquashed: new Float32Array(0), value };
      return { steps, end: 'truncated', seed: 0, success: false, obs, reward, ...numbers } as unknown as Trajectory;
    });
    learn(learner, episodes, 0);
  }
  return seen;
}

/** One step whose ratio is far above or below 1, with a good or a bad advantage. */
function clipsOnOneSide(): boolean {
  const policy = createPolicy(defaultBackend, 2, [4], diagonalGaussian.create(1, 0));
  const theta = initialTheta(policy, stream(1, 'policyInit'), 0);
  const x = Float64Array.of(0.3, -0.2);
  const act = Float32Array.of(0.5);
  const { y, phi } = policy.outputs(theta, x, 1);
  const old = { y: y.slice(), phi: phi.slice() };
  const [now] = policy.distribution.logProbability(act, y, phi, 1);
  const isClipped = (ratio: number, advantage: number) => {
    const step = { x, act, weight: Float64Array.of(1), advantage: Float64Array.of(advantage), old };
    const logp = Float64Array.of(ratio > 1 ? now - 1 : now + 1);
    const { g, clipped } = surrogateGradient(policy, theta, { ...step, logp }, 0.2, 0);
    return clipped === 1 && g.every((value) => value === 0);
  };
  return isClipped(2, 1) && isClipped(0.5, -1) && !isClipped(2, -1) && !isClipped(0.5, 1);
}
