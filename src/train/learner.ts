import { stream } from '../../envs/math/random.ts';
import { createEnv, width } from '../../envs/sim/env.ts';
import type { Env, Trajectory } from '../../envs/types.ts';
import { algorithms } from '../algorithms/index.ts';
import type { Algorithm, AlgorithmEntry } from '../algorithms/types.ts';
import { baselines } from '../baselines/index.ts';
import type { Baseline } from '../baselines/types.ts';
import type { Actor } from '../policy/actor.ts';
import { distributions } from '../policy/distributions/index.ts';
import { defaultBackend } from '../policy/network/index.ts';
import type { NetBackend } from '../policy/network/types.ts';
import { createNormalizer, type Normalizer, normalize, takeIn } from '../policy/normalizer.ts';
import { createPolicy, initialTheta, type Policy } from '../policy/policy.ts';
import { baselineTargets, batchOf, join, joinFloat32, timeSteps } from './batch.ts';
import type { TrainConfig } from './config.ts';
import { checkArrays, checkEpisodes } from './non-finite.ts';

/** A policy in training: its parameters and everything that changes along with them. */
export interface Learner {
  readonly config: TrainConfig;
  readonly env: Env;
  /** What the networks are trained on. */
  readonly backend: NetBackend;
  readonly policy: Policy;
  /** The same policy on the default backend, which acts. */
  readonly acting: Policy;
  readonly theta: Float64Array;
  readonly normalizer: Normalizer;
  readonly baseline: Baseline;
  readonly algorithm: Algorithm;
  /** Episodes of the batches before, newest last, as far back as they are reused. */
  readonly history: (readonly Trajectory[])[];
  readonly progress: Progress;
}

/** How far training has come; it moves on with every iteration. */
export interface Progress {
  /** Iterations done. */
  iteration: number;
  /** Training steps simulated so far, and evaluation steps, which count apart. */
  envSteps: number;
  evalSteps: number;
  /** `envSteps` at the latest evaluation. */
  lastEvaluated: number;
  /** Evaluations in a row that counted as solved, up to the latest. */
  solvedInARow: number;
  /** `envSteps` when the task was first solved. */
  solvedAt: number | null;
  /** The best evaluation so far: by success, then by return. */
  best: { iteration: number; successRate: number; meanReturn: number } | null;
}

/**
 * The learner before its first step: a pure function of the configuration.
 * @param backend the one that `config` names, if the learner is to learn; to act, any will do
 */
export function createLearner(config: TrainConfig, backend?: NetBackend): Learner {
  return learnerFor(createEnv(config.env), config, { backend });
}

/** The same in an environment that is at hand, and by an algorithm that is; `config` need not name them. */
export function learnerFor(
  env: Env,
  config: TrainConfig,
  { algorithm = algorithms[config.algorithm], backend = defaultBackend }: Means = {},
): Learner {
  const { options, seed } = config;
  const obsSize = width(env.spec.obs);
  const { horizon } = env.spec;
  const hidden = hiddenWidths(config);
  const logSigma = options.initialLogSigma as number;
  const policy = policyFor(env, config, backend);
  const context = { obsSize, horizon, hidden, backend, seed };
  return {
    config,
    env,
    backend,
    policy,
    acting: backend === defaultBackend ? policy : policyFor(env, config),
    theta: initialTheta(policy, stream(seed, 'policyInit'), logSigma),
    normalizer: createNormalizer(obsSize),
    baseline: baselines[options.baseline as string].create(context),
    algorithm: algorithm.create(policy, options, seed),
    history: [],
    progress: {
      iteration: 0,
      envSteps: 0,
      evalSteps: 0,
      lastEvaluated: 0,
      solvedInARow: 0,
      solvedAt: null,
      best: null,
    },
  };
}

/** What a learner learns by, where it is not what its configuration names. */
interface Means {
  readonly algorithm?: AlgorithmEntry;
  readonly backend?: NetBackend;
}

/** The family of policies that a configuration asks for, before any parameters. */
export function policyFor({ spec }: Env, config: TrainConfig, backend: NetBackend = defaultBackend): Policy {
  const { options } = config;
  const create = distributions[options.policy as string].create;
  const distribution = create(width(spec.act), options.initialLogSigma as number);
  return createPolicy(backend, width(spec.obs), hiddenWidths(config), distribution);
}

function hiddenWidths({ options }: TrainConfig): number[] {
  return new Array<number>(options.hiddenLayers as number).fill(options.hiddenWidth as number);
}

/** The live arrays of all that training changes, by name: saving reads them, loading writes into them. */
export function arraysOf({ theta, normalizer, baseline, algorithm }: Learner): Record<string, Float64Array> {
  const prefixed = (prefix: string, state: Readonly<Record<string, Float64Array>>) =>
    Object.fromEntries(Object.entries(state).map(([name, data]) => [`${prefix}.${name}`, data]));
  return {
    theta,
    'observations.mean': normalizer.mean,
    'observations.squares': normalizer.squares,
    ...prefixed('baseline', baseline.state),
    ...prefixed('algorithm', algorithm.state),
  };
}

/** The learner's present policy, to collect or evaluate with. */
export function actorOf({ acting, theta, normalizer, baseline }: Learner): Actor {
  const { distribution } = acting;
  return {
    scaleSize: distribution.scaleSize,
    forward(obs, n) {
      const x = normalize(normalizer, obs, new Float64Array(obs.length));
      const { y, phi } = acting.outputs(theta, x, n);
      return {
        mean: distribution.mode(y, n),
        scale: distribution.scale(y, phi, n),
        value: baseline.isStateValue ? baseline.predict(x, new Int32Array(n)) : new Float64Array(n).fill(Number.NaN),
        sample: (noise) => distribution.sample(y, phi, noise, n),
        logProbability: (act) => distribution.logProbability(act, y, phi, n),
      };
    },
  };
}

/**
 * One iteration on whole episodes.
 *
 * @param progress fraction of the training budget that is spent, from 0 to 1
 * @throws BadNumber where a number is none; the learner is then as it was
 */
export function learn(learner: Learner, episodes: readonly Trajectory[], progress: number): Record<string, number> {
  const { baseline, normalizer } = learner;
  checkEpisodes(episodes, baseline.isStateValue);
  const arrays = Object.values(arraysOf(learner));
  const [before, { count }] = [arrays.map((array) => array.slice()), normalizer];
  try {
    const figures = update(learner, episodes, progress);
    const scalars = Object.entries(figures).map(([name, value]) => [name, [value]]);
    checkArrays({ ...Object.fromEntries(scalars), ...arraysOf(learner) });
    remember(learner, episodes);
    return figures;
  } catch (error) {
    arrays.forEach((array, i) => {
      array.set(before[i]);
    });
    normalizer.count = count;
    throw error;
  }
}

/**
 * Advantages, the algorithm's update, then the statistics and the baseline take the episodes in, so that both judge the
 * next batch without having seen it.
 */
function update(learner: Learner, episodes: readonly Trajectory[], progress: number): Record<string, number> {
  const { algorithm, baseline, config, history, normalizer, theta } = learner;
  const { options } = config;
  const { batch, effectiveSamples } = batchOf({ ...learner, options }, episodes, history.flat());
  const figures = algorithm.update(theta, batch, progress);
  const obs = joinFloat32(episodes.map(actedOn));
  takeIn(normalizer, obs);
  const t = Int32Array.from(episodes.flatMap(({ steps }) => Array.from(timeSteps(steps))));
  const targets = join(episodes.map((episode) => baselineTargets(episode, baseline, options)));
  baseline.fit(normalize(normalizer, obs, new Float64Array(obs.length)), t, targets);
  return options.reuse ? { ...figures, effectiveSamples: effectiveSamples / batch.weight.length } : figures;
}

/** Keeps the episodes for the batches to come, as far as they are reused. */
function remember({ config, history }: Learner, episodes: readonly Trajectory[]): void {
  history.push(episodes);
  while (history.length > (config.options.reuse as number)) history.shift();
}

/** The observations s_0 .. s_{T-1} in which the episode acted. */
function actedOn({ obs, steps }: Trajectory): Float32Array {
  return obs.subarray(0, (obs.length / (steps + 1)) * steps);
}
