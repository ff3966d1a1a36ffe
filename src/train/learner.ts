import { stream } from '../../envs/math/random.ts';
import { DefinitionError } from '../../envs/model/definition-error.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { mean } from '../algorithms/step.ts';
import type { Algorithm, Batch } from '../algorithms/types.ts';
import { baselineTargets } from '../estimators/advantages.ts';
import { defaultBackend } from '../policy/network/wasm.ts';
import { normalize, takeIn } from '../policy/normalizer.ts';
import { entropies, initialTheta, keptOutputs, meanDivergence, type Policy } from '../policy/policy.ts';
import { type ActingPolicy, createActingPolicy, type PolicyParts, policyFor } from '../rollout/acting-policy.ts';
import { batchOf, join, joinFloat32, timeSteps } from './batch.ts';
import { explainedVariance } from './diagnostics.ts';
import { checkArrays, checkEpisodes } from './non-finite.ts';
import type { Training } from './training.ts';
import { UpdateError } from './update-error.ts';

/** A policy in training: its parameters and everything that changes along with them. */
export interface Learner extends ActingPolicy {
  readonly training: Training;
  /** The policy on the backend that it is trained on. */
  readonly policy: Policy;
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
  /** The best evaluation so far: one on all goals before one on the first of them, then by success, then by return. */
  best: { iteration: number; isWhole: boolean; successRate: number; meanReturn: number } | null;
}

/** The learner before its first step: a pure function of what it is made of. */
export function createLearner(training: Training): Learner {
  const { backend, config, createAlgorithm, env, options } = training;
  const { seed } = config;
  const parts = policyPartsOf(training);
  const actingPolicy = createActingPolicy(parts, { backend, seed });
  const policy = backend === defaultBackend ? actingPolicy.acting : policyFor(env.spec, parts, backend);
  return {
    ...actingPolicy,
    training,
    policy,
    theta: initialTheta(policy, stream(seed, 'policyInit'), options.initialLogSigma),
    algorithm: createAlgorithm(policy),
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

/** What of a training run makes the policy. */
export function policyPartsOf({ env, distribution, baseline, options }: Training): PolicyParts {
  const { hiddenLayers, hiddenWidth, initialLogSigma } = options;
  return { env, distribution, baseline, initialLogSigma, hidden: new Array<number>(hiddenLayers).fill(hiddenWidth) };
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

/**
 * Does something with the learner, wholly or not at all.
 * @throws whatever `work` throws; the learner is then as it was
 */
export function wholly<T>(learner: Learner, work: () => T): T {
  const undo = undoFor(learner);
  try {
    return work();
  } catch (error) {
    undo();
    throw error;
  }
}

/** Remembers the learner as it is. @returns what makes it so again */
export function undoFor(learner: Learner): () => void {
  const { history, normalizer, progress } = learner;
  const arrays = Object.values(arraysOf(learner));
  const before = { arrays: arrays.map((array) => array.slice()), history: [...history], progress: { ...progress } };
  const { count } = normalizer;
  return () => {
    arrays.forEach((array, i) => {
      array.set(before.arrays[i]);
    });
    normalizer.count = count;
    history.splice(0, history.length, ...before.history);
    Object.assign(progress, before.progress);
  };
}

/**
 * One iteration on whole episodes; see `wholly` for where it throws.
 *
 * @param progress fraction of the training budget that is spent, from 0 to 1
 * @throws NonFiniteError where a number is none
 * @throws UpdateError for what the algorithm throws
 */
export function learnFrom(learner: Learner, episodes: readonly Trajectory[], progress: number): Record<string, number> {
  checkEpisodes(episodes, learner.baseline.isStateValue, true);
  const figures = update(learner, episodes, progress);
  const scalars = Object.entries(figures).map(([name, value]) => [name, [value]]);
  checkArrays(arraysOf(learner));
  checkArrays(Object.fromEntries(scalars));
  remember(learner, episodes);
  return figures;
}

/** The same, wholly or not at all. */
export function learn(learner: Learner, episodes: readonly Trajectory[], progress: number): Record<string, number> {
  return wholly(learner, () => learnFrom(learner, episodes, progress));
}

/**
 * Advantages, the algorithm's update, then the statistics and the baseline take the episodes in: neither has seen the next batch
 * when it is learned from. The first batch is the exception. Statistics that it brought only after its update would turn the
 * policy that the update had measured into another one; so they come first, and its episodes are those of an earlier policy,
 * the one that saw observations as they are.
 */
function update(learner: Learner, episodes: readonly Trajectory[], progress: number): Record<string, number> {
  const { algorithm, baseline, history, normalizer, policy, theta, training } = learner;
  const { config, options } = training;
  const obs = joinFloat32(episodes.map(actedOn));
  const isFirst = normalizer.count === 0;
  if (isFirst) takeIn(normalizer, obs);
  const [fresh, earlier] = isFirst ? [[], episodes] : [episodes, history.flat()];
  const { batch, effectiveSamples } = batchOf({ ...learner, options }, fresh, earlier);
  const isStranger = config.modules?.algorithm !== undefined;
  const again = isStranger && learner.progress.iteration === 1 ? resumedUpdate(learner, batch, progress) : null;
  const rows = batch.weight.length;
  const start = theta.slice();
  const figures = figuresOf(training, () => algorithm.update(theta, batch, progress));
  if (again?.some((value, i) => !Object.is(value, theta[i]))) throw new UpdateError(config.algorithm, forgetful);
  if (!isFirst) takeIn(normalizer, obs);
  const t = Int32Array.from(episodes.flatMap(({ steps }) => Array.from(timeSteps(steps))));
  const targets = join(episodes.map((episode) => baselineTargets(episode, baseline.isStateValue, options)));
  const x = normalize(normalizer, obs, new Float64Array(obs.length));
  const explained = explainedVariance(targets, baseline.predict(x, t));
  baseline.fit(x, t, targets);
  const after = keptOutputs(policy, theta, batch.x, rows);
  return {
    // Some algorithms have measured it already.
    divergence: figures.divergence ?? meanDivergence(policy, keptOutputs(policy, start, batch.x, rows), after, rows),
    ...figures,
    entropy: mean(entropies(policy, after, rows)),
    explainedVariance: explained,
    ...(options.reuse && { effectiveSamples: effectiveSamples / rows }),
  };
}

const forgetful = new DefinitionError(
  'update comes to something else once the run is resumed: what it carries from one update to the next has to be in `state`',
);

/** theta [P] after an update by the algorithm as a resumed run makes it: anew, with the state that was saved. */
function resumedUpdate({ algorithm, policy, theta, training }: Learner, batch: Batch, progress: number): Float64Array {
  const resumed = training.createAlgorithm(policy);
  for (const [name, data] of Object.entries(resumed.state)) data.set(algorithm.state[name]);
  const out = theta.slice();
  figuresOf(training, () => resumed.update(out, batch, progress));
  return out;
}

/** What an update comes to; a stranger's algorithm may throw, or return what it likes. */
function figuresOf({ config }: Training, update: () => Record<string, number>): Record<string, number> {
  try {
    const figures: unknown = update();
    if (typeof figures === 'object' && figures !== null && !('then' in figures))
      return figures as Record<string, number>;
    throw new DefinitionError('update has to return figures by name at once, {} where there are none');
  } catch (error) {
    throw new UpdateError(config.algorithm, error);
  }
}

/** Keeps the episodes for the batches to come, as far as they are reused. */
function remember({ history, training }: Learner, episodes: readonly Trajectory[]): void {
  history.push(episodes);
  while (history.length > training.options.reuse) history.shift();
}

/** The observations s_0 .. s_{T-1} in which the episode acted. */
function actedOn({ obs, steps }: Trajectory): Float32Array {
  return obs.subarray(0, (obs.length / (steps + 1)) * steps);
}
