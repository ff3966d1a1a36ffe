import type { Trajectory } from '../../envs/trajectory.ts';

/** Where a number that is none first appeared: at a step of an episode, or in what the update made of a whole batch. */
export interface Origin {
  readonly episode: Trajectory;
  readonly step: number;
  /** Whether the episode is one of training, and not of an evaluation. */
  readonly isOfTraining: boolean;
}

/** A NaN or an infinity that would have spoilt the training. */
export class NonFiniteError extends Error {
  override readonly name = 'NonFiniteError';
  readonly origin: Origin | null;

  constructor(what: string, value: number, origin: Origin | null) {
    const where = origin ? `at step ${origin.step} of the episode of seed ${origin.episode.seed}` : 'after the update';
    super(`${what} is ${value} ${where}`);
    this.origin = origin;
  }
}

/**
 * @param hasValues whether the episodes hold state values, which are NaN where there are none
 * @param isOfTraining whether the episodes are those of training, and not of an evaluation
 * @throws NonFiniteError for the first step whose observation, action, log-probability, reward or value is not finite
 */
export function checkEpisodes(episodes: readonly Trajectory[], hasValues: boolean, isOfTraining: boolean): void {
  for (const episode of episodes) {
    const { obs, act, logp, reward, value, steps } = episode;
    const columns = [
      ['observation', obs, steps + 1],
      ['action', act, steps],
      ['log-probability', logp, steps],
      ['reward', reward, steps],
      ...(hasValues ? ([['value', value, steps + 1]] as const) : []),
    ] as const;
    for (const [what, column, rows] of columns) {
      const i = firstBad(column);
      if (i < 0) continue;
      throw new NonFiniteError(what, column[i], {
        episode,
        step: Math.floor((i * rows) / column.length),
        isOfTraining,
      });
    }
  }
}

/** @throws NonFiniteError for the first of the arrays that holds one */
export function checkArrays(arrays: Readonly<Record<string, ArrayLike<number>>>): void {
  for (const [name, array] of Object.entries(arrays)) {
    const i = firstBad(array);
    if (i >= 0) throw new NonFiniteError(array.length > 1 ? `${name}[${i}]` : name, array[i], null);
  }
}

function firstBad(numbers: ArrayLike<number>): number {
  for (let i = 0; i < numbers.length; i++) if (!Number.isFinite(numbers[i])) return i;
  return -1;
}
