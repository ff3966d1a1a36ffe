import type { Trajectory } from '../../envs/trajectory.ts';
import { type Asking, answering, type RollOut, type RolloutRequest, rollOut } from '../rollout/rollout.ts';
import { type Evaluation, summarize } from './evaluate.ts';
import type { Learner, Progress } from './learner.ts';
import { checkEpisodes } from './non-finite.ts';

/** How a policy in training is evaluated: by its mean action, in stages. */

/** Goals that evaluations during training use: the same for every run, and no run's own. */
export const heldOut = { seed: 0, set: 0 } as const;

/** Solved: at least this share of the held-out goals reached, at this many evaluations in a row. */
const solvedRate = 0.98;
const solvedEvaluations = 3;

export function isSolved({ solvedInARow }: Pick<Progress, 'solvedInARow'>): boolean {
  return solvedInARow >= solvedEvaluations;
}

/** Whether the next evaluation may be the one that solves the task. */
export function isNearlySolved({ solvedInARow }: Pick<Progress, 'solvedInARow'>): boolean {
  return solvedInARow === solvedEvaluations - 1;
}

export interface HeldOutEvaluation {
  readonly evaluation: Evaluation;
  /** Its episodes, in the order of the goals. */
  readonly evaluated: readonly Trajectory[];
}

/**
 * Evaluates the learner's policy, and counts what comes of it.
 * @param isLast whether all of the goals are tried, whatever the first of them come to
 * @param next what the policy will be asked for afterwards, where that is known
 * @throws NonFiniteError for a step in which a number is none
 */
export function* evaluateHeldOut(learner: Learner, isLast: boolean, next?: RolloutRequest): Asking<HeldOutEvaluation> {
  const { progress } = learner;
  // Where there is nothing to reach, returns are all that goals tell.
  const isAtOnce = isLast || !learner.env.spec.hasSuccess;
  const evaluated = isAtOnce ? yield* heldOutEpisodes(learner, { next }) : yield* inStages(learner, next);
  const evaluation = summarize(learner.env, evaluated);
  const { steps, meanReturn } = evaluation;
  const successRate = evaluation.successRate ?? 0;
  progress.evalSteps += steps;
  progress.lastEvaluated = progress.envSteps;
  progress.solvedInARow = successRate >= solvedRate ? progress.solvedInARow + 1 : 0;
  if (isSolved(progress)) progress.solvedAt ??= progress.envSteps;
  const isWhole = evaluated.length === learner.training.options.evalEpisodes;
  const own = { iteration: progress.iteration, isWhole, successRate, meanReturn };
  if (!progress.best || isBetter(own, progress.best)) progress.best = own;
  return { evaluation, evaluated };
}

type Best = NonNullable<Progress['best']>;

/** Few goals tell less than all. */
function isBetter(a: Best, b: Best): boolean {
  if (a.isWhole !== b.isWhole) return a.isWhole;
  return a.successRate === b.successRate ? a.meanReturn > b.meanReturn : a.successRate > b.successRate;
}

/** Goals of the first stage, at least, and their share of all. */
const [fewest, share] = [20, 0.2];

/**
 * Most policies in training are told by a few goals to be far from solved, and the time that the others take teaches nothing. A
 * stage that is begun is finished. Of a policy near the line it is chance which stage decides, and the share that is told leans low:
 * 0.90 reads 0.88 on average, 0.95 reads 0.94.
 */
function* inStages(learner: Learner, next?: RolloutRequest): Asking<readonly Trajectory[]> {
  const { evalEpisodes: all } = learner.training.options;
  const few = Math.min(all, Math.max(fewest, Math.ceil(share * all)));
  const first = yield* heldOutEpisodes(learner, { episodes: few, next });
  const missed = first.filter(({ success }) => !success).length;
  if (few === all || missed > all - solvedRate * all) return first;
  return [...first, ...(yield* heldOutEpisodes(learner, { from: few, episodes: all - few }))];
}

/** Some of the held-out goals, in their order: all of them if not said otherwise. */
interface SomeGoals {
  readonly from?: number;
  readonly episodes?: number;
  /** As in a request. */
  readonly next?: RolloutRequest;
}

/**
 * The learner's policy on held-out goals.
 * @throws NonFiniteError for a step in which a number is none
 */
export function* heldOutEpisodes(
  learner: Learner,
  { from = 0, episodes = learner.training.options.evalEpisodes, next }: SomeGoals = {},
): Asking<readonly Trajectory[]> {
  const { seed, set } = heldOut;
  const goals = { seed, purpose: 'evaluation', index: set, from, until: { episodes } } as const;
  const trajectories = yield { ...goals, deterministic: true, next };
  checkEpisodes(trajectories, learner.baseline.isStateValue, false);
  return trajectories;
}

/** The same, run at once. */
export function rollOutHeldOut(
  learner: Learner,
  roll: RollOut = rollOut,
  goals: SomeGoals = {},
): readonly Trajectory[] {
  return answering(learner, heldOutEpisodes(learner, goals), roll);
}
