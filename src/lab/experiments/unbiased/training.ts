import type { Random } from '../../../../envs/math/random.ts';
import { type OptionValues, resolveOptions } from '../../../../envs/options.ts';
import { noContacts, noJoints, type Trajectory } from '../../../../envs/trajectory.ts';
import { baselines } from '../../../baselines/index.ts';
import type { Baseline } from '../../../baselines/types.ts';
import { fullGaussian } from '../../../policy/distributions/full.ts';
import { defaultBackend } from '../../../policy/network/wasm.ts';
import { createNormalizer } from '../../../policy/normalizer.ts';
import { createPolicy, weightedScore } from '../../../policy/policy.ts';
import { figures, kebab } from '../../../report/format.ts';
import { distance, length } from '../../../statistics/matrix.ts';
import { batchOf } from '../../../train/batch.ts';
import { trainOptions } from '../../../train/options.ts';
import { fittedBaselines, linearFit, predicted } from '../../baselines.ts';
import { addScores } from '../../enumerated.ts';
import { clipAt, ofBatch, offPolicy, onPolicy, selfNormalised } from '../../estimators.ts';
import type { Evidence } from '../../experiment.ts';
import { type Lqr, split } from '../../lqr.ts';
import { createPlayer, earlierBaselines, type Played } from '../../lqr-player.ts';
import { lqrActing, lqrCritic, lqrTheta, smallLqr } from '../../problems.ts';

/**
 * The laboratory proves weights of scores; training makes its own, from options, with its own policy
 * (src/train/batch.ts, src/policy/policy.ts). Here both estimate the gradient from the same episodes, to see that they are the same.
 */
export function inTraining(streams: (use: number) => Random): Evidence {
  const rows = compareWithTraining(smallLqr, lqrTheta, lqrActing, lqrCritic, streams(20));
  const worst = Math.max(...rows.map(({ apart }) => apart));
  return {
    findings: [
      {
        text: `training, by its options, computes ${rows.length} of these estimators from the same episodes: ${figures(worst)} apart at most, the rounding of observations to float32`,
        // 2^-24 in every observation, of which a gradient is a sum of products that may cancel to a hundredth.
        holds: worst < 100 * 2 ** -24,
      },
    ],
    tables: [
      {
        title: 'The options of `armature train` that compute them',
        columns: ['estimator', 'options', 'apart, at most'],
        rows: rows.map(({ estimator, options, apart }) => [estimator.name, options, figures(apart)]),
        detail: 1,
        note: 'Beside --no-standardize --no-bootstrap --divide episodes, and --advantage monte-carlo where no other is named. Difference of the two gradients relative to their length, over 20 batches of the linear-quadratic problem: what is proved above is what trains the arms.',
      },
    ],
  };
}

/** The options that turn training's estimator into one of the laboratory's; `critic` is the laboratory's inexact V. */
const settings: Readonly<Record<string, OptionValues>> = {
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
const plain: OptionValues = { standardize: false, bootstrap: false, divide: 'episodes', advantage: 'monte-carlo' };

/**
 * Training's estimators, with their options as on the command line of `train`, against the laboratory's: `apart` is the largest
 * difference of the two gradients, relative to their length, over some batches.
 */
export function compareWithTraining(
  lqr: Lqr,
  theta: Float64Array,
  acting: Float64Array,
  critic: (s: Float64Array) => number,
  random: Random,
) {
  const { gamma, horizon } = lqr;
  const states = lqr.a.length;
  const named: Record<string, Baseline> = {
    ...earlierBaselines(lqr, theta, random, 100),
    none: baselines.none.create({ obsSize: states, horizon, hidden: [], backend: defaultBackend, seed: 0 }),
    critic: {
      isStateValue: true,
      predict: (x, t) => Float64Array.from(t, (_, i) => critic(x.subarray(i * states, (i + 1) * states))),
      fit() {},
      state: {},
    },
  };
  const fits = {
    critic,
    baseline: (name: string, features: Float64Array) => predicted(named[name], features, horizon),
  };
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
          const found = trainingGradient(lqr, theta, played, named[options.baseline as string], options, isOld);
          apart = Math.max(apart, distance(found, expected) / length(expected));
        }
        return { estimator, options: flags(options), apart };
      }),
  );
}

/** The gradient as training estimates it from these episodes, by its options. */
function trainingGradient(
  lqr: Lqr,
  theta: Float64Array,
  played: readonly Played[],
  baseline: Baseline,
  options: OptionValues,
  isOld: boolean,
): Float64Array {
  const [states, actions] = [lqr.a.length, lqr.b[0].length];
  const policy = createPolicy(defaultBackend, states, [], fullGaussian.create(actions, 0));
  const own = intoPolicy(lqr, theta);
  const given = { ...plain, ...options, baseline: 'none', gamma: lqr.gamma };
  const complete = resolveOptions(trainOptions, given, 'the laboratory');
  const trajectories = played.map((one) => trajectoryOf(one, states, baseline));
  const learner = { policy, theta: own, normalizer: createNormalizer(states), baseline, options: complete };
  const { batch } = isOld ? batchOf(learner, [], trajectories) : batchOf(learner, trajectories, []);
  const weights = batch.weight.map((w, i) => w * batch.advantage[i]);
  return fromPolicy(lqr, weightedScore(policy, own, batch.x, batch.act, weights));
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
    params: new Float32Array(0),
    ...noJoints,
    ...noContacts,
    dynamics: new Float32Array(0),
    obs,
    act,
    unsquashed: new Float32Array(0),
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
function flags(options: OptionValues): string {
  return Object.entries(options)
    .map(([name, value]) => {
      const flag = `--${kebab(name)}`;
      if (plain[name] === false) return `without --no-${name}`;
      // The laboratory's inexact V stands for what a value network would have learned.
      return value === true ? flag : `${flag} ${value === 'critic' ? 'value' : value}`;
    })
    .join(' ');
}
