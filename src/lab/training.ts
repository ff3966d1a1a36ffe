import type { Random } from '../../envs/math/random.ts';
import { resolveOptions } from '../../envs/options.ts';
import type { Trajectory } from '../../envs/types.ts';
import { baselines } from '../baselines/index.ts';
import type { Baseline } from '../baselines/types.ts';
import { fullGaussian } from '../policy/distributions/full.ts';
import { defaultBackend } from '../policy/network/index.ts';
import { createNormalizer } from '../policy/normalizer.ts';
import { createPolicy, weightedScore } from '../policy/policy.ts';
import { batchOf } from '../train/batch.ts';
import { trainOptions } from '../train/config.ts';
import { fitted, fittedBaselines, linearFit, predicted } from './baselines.ts';
import { addScores } from './enumerated.ts';
import { clipAt, type Estimator, ofBatch, offPolicy, onPolicy, selfNormalised } from './estimators.ts';
import { createPlayer, type Lqr, type LqrFits, type Played, split } from './lqr.ts';
import { distance, length } from './section.ts';

/**
 * The laboratory proves weights of scores; training makes its own, from options, with its own policy
 * (src/train/batch.ts, src/policy/policy.ts). Here both estimate the gradient from the same episodes, to see that they are the same.
 */
export interface Comparison {
  readonly estimator: Estimator;
  /** As on the command line of `train`. */
  readonly options: string;
  /** The largest difference of the two gradients, relative to their length, over some batches. */
  readonly apart: number;
}

type Options = Readonly<Record<string, number | boolean | string>>;

/** The options that turn training's estimator into one of the laboratory's; `critic` is the laboratory's inexact V. */
const settings: Readonly<Record<string, Options>> = {
  'full return': { returns: 'full', baseline: 'none' },
  'reward-to-go': { discountWeighting: true, baseline: 'none' },
  ...Object.fromEntries(
    fittedBaselines.map((baseline) => [`to-go, ${baseline} baseline`, { discountWeighting: true, baseline }]),
  ),
  'GAE(1), inexact V': { discountWeighting: true, advantage: 'gae', lambda: 1, baseline: 'critic' },
  'to-go without γᵗ': { baseline: 'none' },
  'TD, inexact V': { discountWeighting: true, advantage: 'td', baseline: 'critic' },
  'GAE(0.9), inexact V': { discountWeighting: true, advantage: 'gae', lambda: 0.9, baseline: 'critic' },
  '2-step, inexact V': { discountWeighting: true, advantage: 'n-step', nSteps: 2, baseline: 'critic' },
  'bootstrap at the horizon': { discountWeighting: true, bootstrap: true, baseline: 'critic' },
  standardised: { discountWeighting: true, standardize: true, baseline: 'none' },
  'trajectory ratio': { importance: 'trajectory', returns: 'full', baseline: 'none' },
  'trajectory ratio, to-go': { importance: 'trajectory', discountWeighting: true, baseline: 'none' },
  'per-decision ratio': { importance: 'per-decision', discountWeighting: true, baseline: 'none' },
  'truncated ratio': { importance: 'truncated', discountWeighting: true, baseline: 'none' },
  'clipped ratio': { importance: 'trajectory', returns: 'full', ratioLimit: clipAt, baseline: 'none' },
  'self-normalised ratio': { importance: 'trajectory', returns: 'full', selfNormalize: true, baseline: 'none' },
};

/** Off what training does by default. */
const plain: Options = { standardize: false, bootstrap: false, divide: 'episodes' };

export function compareWithTraining(
  lqr: Lqr,
  theta: Float64Array,
  acting: Float64Array,
  critic: (s: Float64Array) => number,
  random: Random,
): Comparison[] {
  const { gamma, horizon } = lqr;
  const [states, actions] = [lqr.a.length, lqr.b[0].length];
  const before = createPlayer(lqr, theta, theta);
  const earlier = Array.from({ length: 100 }, () => before(random).episode);
  const named: Record<string, Baseline> = {
    none: baselines.none.create({ obsSize: states, horizon, hidden: [], backend: defaultBackend, seed: 0 }),
    critic: {
      isStateValue: true,
      predict: (x, t) => Float64Array.from(t, (_, i) => critic(x.subarray(i * states, (i + 1) * states))),
      fit() {},
      state: {},
    },
    ...Object.fromEntries(fittedBaselines.map((name) => [name, fitted(name, earlier, gamma, horizon, 3)])),
  };
  const fits: LqrFits = {
    critic,
    baseline: (name, features) => predicted(named[name], { features, reward: new Float64Array(horizon) }),
  };
  const policy = createPolicy(defaultBackend, states, [], fullGaussian.create(actions, 0));
  const own = intoPolicy(lqr, theta);

  function fromTraining(played: readonly Played[], options: Options, isOld: boolean): Float64Array {
    const complete = resolveOptions(trainOptions, { ...plain, ...options, baseline: 'none', gamma }, 'the laboratory');
    const baseline = named[options.baseline as string];
    const trajectories = played.map((one) => trajectoryOf(one, states, baseline));
    const judge = { policy, theta: own, normalizer: createNormalizer(states), baseline, options: complete };
    const { batch } = isOld ? batchOf(judge, [], trajectories) : batchOf(judge, trajectories, []);
    const weights = batch.weight.map((w, i) => w * batch.advantage[i]);
    return fromPolicy(lqr, weightedScore(policy, own, batch.x, batch.act, weights));
  }

  const groups = [
    {
      play: createPlayer(lqr, theta, theta, fits),
      list: [...onPolicy(gamma, fittedBaselines), ...ofBatch(gamma, 4, linearFit)],
      isOld: false,
    },
    {
      play: createPlayer(lqr, theta, acting, fits),
      list: [...offPolicy(gamma), selfNormalised(gamma, 4)],
      isOld: true,
    },
  ];
  return groups.flatMap(({ play, list, isOld }) =>
    list
      .filter(({ name }) => Object.hasOwn(settings, name))
      .map((estimator) => {
        const options = settings[estimator.name];
        let apart = 0;
        for (let k = 0; k < 20; k++) {
          const played = Array.from({ length: estimator.size }, () => play(random));
          const weights = estimator.weights(played.map(({ episode }) => episode));
          const expected = new Float64Array(theta.length);
          played.forEach(({ scores }, i) => {
            addScores(weights[i], scores, expected);
          });
          const found = fromTraining(played, options, isOld);
          apart = Math.max(apart, distance(found, expected) / length(expected));
        }
        return { estimator, options: flags(options), apart };
      }),
  );
}

/** theta of a network without hidden layers: W [in, out], a bias of 0, then phi. */
function intoPolicy(lqr: Lqr, theta: Float64Array): Float64Array {
  const { k, phi } = split(lqr, theta);
  const columns = lqr.a.map((_, j) => k.map((row) => row[j]));
  return Float64Array.from([...columns.flat(), ...k.map(() => 0), ...phi]);
}

/** The way back for a gradient; that of the bias is none of the problem's. */
function fromPolicy({ a, b }: Lqr, gradient: Float64Array): Float64Array {
  const [states, actions] = [a.length, b[0].length];
  const byK = Array.from({ length: actions }, (_, i) => a.map((_row, j) => gradient[j * actions + i]));
  return Float64Array.from([...byK.flat(), ...gradient.subarray((states + 1) * actions)]);
}

function trajectoryOf({ episode, states, act }: Played, size: number, baseline: Baseline): Trajectory {
  const steps = episode.reward.length;
  const obs = Float32Array.from(states);
  const t = Int32Array.from({ length: steps + 1 }, (_, k) => k);
  const none = new Float64Array(0);
  return {
    seed: 0,
    steps,
    goal: new Float32Array(3),
    obs,
    act,
    logp: episode.logpOld,
    reward: episode.reward,
    terms: none,
    pose: new Float32Array(0),
    mean: none,
    scale: none,
    value: baseline.isStateValue
      ? baseline.predict(Float64Array.from(obs), t).slice()
      : new Float64Array(obs.length / size).fill(Number.NaN),
    success: false,
    end: episode.truncated ? 'truncated' : 'terminated',
  };
}

/** --discount-weighting --lambda 0.9; what is on by default, and off in `plain`, is said to be on. */
function flags(options: Options): string {
  return Object.entries(options)
    .map(([name, value]) => {
      const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      if (plain[name] === false) return `without --no-${name}`;
      // The laboratory's inexact V stands for what a value network would have learned.
      return value === true ? flag : `${flag} ${value === 'critic' ? 'value' : value}`;
    })
    .join(' ');
}
