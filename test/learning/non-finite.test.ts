import { describe, expect, it } from 'vitest';
import type { Trajectory } from '../../envs/trajectory.ts';
import { algorithms } from '../../src/algorithms/index.ts';
import { actorOf } from '../../src/rollout/acting-policy.ts';
import { collect } from '../../src/rollout/collect.ts';
import { learnerOf } from '../../src/train/config.ts';
import { arraysOf, type Learner, learn } from '../../src/train/learner.ts';
import { NonFiniteError } from '../../src/train/non-finite.ts';
import { probeEnv, randomLengths } from './probes.ts';
import { configOf, withBaseline } from './support.ts';

function practised(options: Readonly<Record<string, unknown>> = {}, algorithm?: string) {
  const learner = learnerOf(configOf({ algorithm }, options), { env: probeEnv(randomLengths) });
  const episodes = collect(learner.env, actorOf(learner), {
    seedOf: (episode) => 100 + episode,
    until: { episodes: 6 },
    slots: 6,
    deterministic: false,
  });
  learn(learner, episodes, 0);
  return { learner, episodes };
}

/** A copy of the episodes with this number in a column of the one of seed 103. */
function spoilt(episodes: readonly Trajectory[], column: keyof Trajectory, i: number, value: number): Trajectory[] {
  return episodes.map((episode) => {
    if (episode.seed !== 103) return episode;
    const copy = structuredClone(episode);
    (copy[column] as Float64Array)[i] = value;
    return copy;
  });
}

/** What is thrown, and that the learner is as it was. */
function refusal(learner: Learner, episodes: readonly Trajectory[]): NonFiniteError {
  const before = structuredClone({
    arrays: arraysOf(learner),
    count: learner.normalizer.count,
    history: learner.history,
  });
  let found: unknown;
  try {
    learn(learner, episodes, 0.1);
  } catch (error) {
    found = error;
  }
  expect(found).toBeInstanceOf(NonFiniteError);
  expect({ arrays: arraysOf(learner), count: learner.normalizer.count, history: learner.history }).toEqual(before);
  return found as NonFiniteError;
}

describe('a number that is none stops the update, and is traced to its step', () => {
  it.each([
    ['observation', 'obs', 1, 2],
    ['action', 'act', 1, 1],
    ['log-probability', 'logp', 1, 1],
    ['reward', 'reward', 1, 1],
    ['value', 'value', 1, 1],
  ] as const)('%s', (what, column, step, perStep) => {
    const { learner, episodes } = practised({ reuse: 1 });
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const error = refusal(learner, spoilt(episodes, column, step * perStep, value));
      expect(error.message).toBe(`${what} is ${value} at step ${step} of the episode of seed 103`);
      expect(error.origin).toMatchObject({ step, episode: { seed: 103 } });
    }
  });

  it('not where there are no values to speak of', () => {
    const { learner, episodes } = practised({ baseline: 'none' });
    expect(episodes.every(({ value }) => value.every(Number.isNaN))).toBe(true);
    expect(() => learn(learner, episodes, 0.1)).not.toThrow();
  });
});

describe('an update that ends in a number that is none is undone', () => {
  it.each(Object.keys(algorithms))('%s, rewards that overflow', (algorithm) => {
    const { learner, episodes } = practised(withBaseline('linear'), algorithm);
    const huge = episodes.map((episode) => ({ ...episode, reward: episode.reward.map(() => 1.7e308) }));
    const error = refusal(learner, huge);
    expect(error.message).toMatch(/ after the update$/);
    expect(error.origin).toBeNull();
  });

  it('theta, and whatever else was changed by then', () => {
    const { learner, episodes } = practised();
    const update = (theta: Float64Array) => {
      theta[1] = Number.NaN;
      return {};
    };
    const broken = { ...learner, algorithm: { ...learner.algorithm, update } };
    expect(refusal(broken, episodes).message).toBe('theta[1] is NaN after the update');
  });
});
