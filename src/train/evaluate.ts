import type { Env } from '../../envs/env.ts';
import { episodeSeed } from '../../envs/math/random.ts';
import { type Trajectory, totalReward } from '../../envs/trajectory.ts';
import type { Actor } from '../policy/actor.ts';
import { collect } from '../rollout/collect.ts';
import { NonFiniteError } from './non-finite.ts';

/** How a policy does over a set of episodes. */
export interface Evaluation {
  /** Whole ones, of which the rest speaks. */
  readonly episodes: number;
  /** Episodes in which the simulation diverged. */
  readonly faults: number;
  /** Of all of them. */
  readonly steps: number;
  /** Null where the task has no goal to reach. */
  readonly successRate: number | null;
  /** Undiscounted. */
  readonly meanReturn: number;
  readonly meanLength: number;
  /** What each term of the reward adds to the mean return, by name. */
  readonly terms: Readonly<Record<string, number>>;
  /** Means of the environment's own metrics, by name. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Seeded goals; `set` tells apart those of different uses. */
export interface Goals {
  readonly seed: number;
  readonly set: number;
  readonly episodes: number;
}

/** The set of goals that judge a trained policy: none of those that training is evaluated on. */
export const evaluationGoals = 1;

/** Runs the actor by its mean. */
export function evaluate(
  env: Env,
  actor: Actor,
  goals: Goals,
): { evaluation: Evaluation; trajectories: readonly Trajectory[] } {
  const trajectories = collect(env, actor, {
    seedOf: (episode) => episodeSeed(goals.seed, 'evaluation', goals.set, episode),
    until: { episodes: goals.episodes },
    deterministic: true,
  });
  return { evaluation: summarize(env, trajectories), trajectories };
}

/** @param isOfTraining whether the episodes are those of training, and not of an evaluation */
export function summarize(env: Env, trajectories: readonly Trajectory[], isOfTraining = false): Evaluation {
  const whole = withoutFaults(trajectories, isOfTraining);
  const n = whole.length;
  const mean = (of: (trajectory: Trajectory) => number) => whole.reduce((sum, t) => sum + of(t), 0) / n;
  return {
    episodes: n,
    faults: trajectories.length - n,
    steps: trajectories.reduce((sum, trajectory) => sum + trajectory.steps, 0),
    successRate: env.spec.hasSuccess ? mean((trajectory) => (trajectory.success ? 1 : 0)) : null,
    meanReturn: mean(totalReward),
    meanLength: mean((trajectory) => trajectory.steps),
    terms: Object.fromEntries(
      env.spec.terms.map((name, k) => [name, mean((trajectory) => totalOfTerm(trajectory, k))]),
    ),
    metrics: Object.fromEntries(
      env.metrics.map((metric) => [metric.name, mean((trajectory) => metric.of(trajectory))]),
    ),
  };
}

/**
 * The episodes that something can be learned from.
 * @throws NonFiniteError where the simulation diverged in every one
 */
export function withoutFaults(trajectories: readonly Trajectory[], isOfTraining = false): readonly Trajectory[] {
  const whole = trajectories.filter(({ end }) => end !== 'fault');
  const [episode] = trajectories;
  if (whole.length || !episode) return whole;
  throw new NonFiniteError('the state of the arm', Number.NaN, { episode, step: episode.steps, isOfTraining });
}

/** What term k of the reward adds to the undiscounted return of an episode. */
export function totalOfTerm({ terms, steps }: Trajectory, k: number): number {
  const count = terms.length / steps;
  let sum = 0;
  for (let at = k; at < terms.length; at += count) sum += terms[at];
  return sum;
}
