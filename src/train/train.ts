import type { Trajectory } from '../../envs/trajectory.ts';
import {
  type Asking,
  answering,
  answeringAsync,
  type RollOut,
  type RollOutAsync,
  type RolloutRequest,
  rollOut,
} from '../rollout/rollout.ts';
import { easeAt } from './ease.ts';
import { type Evaluation, summarize, withoutFaults } from './evaluate.ts';
import { evaluateHeldOut, isNearlySolved, isSolved } from './held-out.ts';
import { createLearner, type Learner, learnFrom, type Progress, undoFor, wholly } from './learner.ts';
import { batchSteps } from './options.ts';
import type { Training } from './training.ts';

/** One line of a run's history. */
export interface Iteration extends Readonly<Progress> {
  /** The training episodes of this iteration. */
  readonly training: Evaluation;
  /** sigma averaged over the actions. */
  readonly sigma: number;
  /** The policy after this iteration on the held-out goals, where it was evaluated. */
  readonly evaluation: Evaluation | null;
  /** The episodes of that evaluation, in the order of the goals. */
  readonly evaluated: readonly Trajectory[];
  /** The algorithm's own figures. */
  readonly figures: Readonly<Record<string, number>>;
}

export interface Limits {
  readonly iterations?: number;
  /** Stop once the task is solved. */
  readonly untilSolved: boolean;
}

/**
 * Trains a policy: collect, learn, evaluate, until the budget is spent or the task solved. Yields after every iteration;
 * whoever drives the generator may save, draw or stop there. Await `loadPhysics` before.
 */
export function* train(training: Training, limits: Limits): Generator<Iteration, void> {
  yield* trainOn(createLearner(training), limits);
}

/** Whether there is nothing left to do. */
export function isFinished({ training, progress }: Learner, { iterations, untilSolved }: Limits): boolean {
  const { envSteps, iteration } = progress;
  if (untilSolved && isSolved(progress)) return true;
  return envSteps >= training.config.steps || iteration >= (iterations ?? Number.POSITIVE_INFINITY);
}

/**
 * The same on a learner that the caller keeps a hold of, from wherever it stands; `roll` runs its episodes. What anything throws
 * leaves the learner as it was after its last whole iteration.
 */
export function* trainOn(learner: Learner, limits: Limits, roll: RollOut = rollOut): Generator<Iteration, void> {
  checkOwnBackend(learner);
  while (!isFinished(learner, limits)) {
    yield wholly(learner, () => answering(learner, iterate(learner, limits), roll));
  }
}

/** The same with rollouts that come later. Between two iterations, and then alone, the learner is whole. */
export async function* trainOnAsync(
  learner: Learner,
  limits: Limits,
  roll: RollOutAsync,
): AsyncGenerator<Iteration, void> {
  checkOwnBackend(learner);
  while (!isFinished(learner, limits)) {
    const undo = undoFor(learner);
    yield await answeringAsync(learner, iterate(learner, limits), roll).catch((error: unknown) => {
      undo();
      throw error;
    });
  }
}

function checkOwnBackend({ training: { backend, config } }: Learner): void {
  if (backend.name === config.backend) return;
  throw new Error(`a run on backend ${config.backend} cannot be trained on ${backend.name}`);
}

/** The episodes that the next iteration learns from. */
function trainingRequest({ training: { config, options }, progress }: Learner): RolloutRequest {
  const { batchEpisodes } = options;
  return {
    seed: config.seed,
    purpose: 'training',
    index: progress.iteration,
    until: batchEpisodes
      ? { episodes: batchEpisodes }
      : { steps: Math.min(batchSteps(options, progress.envSteps), config.steps - progress.envSteps) },
    deterministic: false,
    cutAfter: options.cutAfter,
    ease: easeAt(options, progress.envSteps / config.steps),
  };
}

/**
 * Runs episodes, learns from them, and evaluates where that is due. The episodes of the next batch need not wait for an evaluation
 * that changes nothing: they are asked for along with it, unless training may end there.
 */
function* iterate(learner: Learner, limits: Limits): Asking<Iteration> {
  const { env, progress } = learner;
  const { config, options } = learner.training;
  const episodes = yield trainingRequest(learner);
  const training = summarize(env, episodes, true);
  const whole = withoutFaults(episodes, true);
  const figures = learnFrom(learner, whole, progress.envSteps / config.steps);
  progress.iteration++;
  progress.envSteps += training.steps;
  const nextIsTooLate = progress.envSteps + training.steps - progress.lastEvaluated > options.evalEvery;
  const isLast = isFinished(learner, limits);
  const mayEnd = isLast || (limits.untilSolved && isNearlySolved(progress));
  const next = mayEnd ? undefined : trainingRequest(learner);
  const { evaluation, evaluated } =
    nextIsTooLate || isLast ? yield* evaluateHeldOut(learner, isLast, next) : { evaluation: null, evaluated: [] };
  const sigma = meanSigma(whole, learner.policy.distribution.actions);
  return { ...progress, training, sigma, evaluation, evaluated, figures };
}

/** Standard deviation averaged over all actions taken; of a Cholesky factor, the norms of its rows. */
function meanSigma(episodes: readonly Trajectory[], actions: number): number {
  let [sum, count] = [0, 0];
  for (const { scale, steps } of episodes) {
    const columns = scale.length / (steps * actions);
    for (let at = 0; at < scale.length; at += columns) {
      let squares = 0;
      for (let j = 0; j < columns; j++) squares += scale[at + j] * scale[at + j];
      sum += Math.sqrt(squares);
      count++;
    }
  }
  return sum / count;
}
