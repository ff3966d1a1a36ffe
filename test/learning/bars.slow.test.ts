import { beforeAll, describe, expect, it } from 'vitest';
import type { EnvConfig } from '../../envs/env.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { totalReward } from '../../envs/trajectory.ts';
import { algorithms } from '../../src/algorithms/index.ts';
import { actorOf } from '../../src/rollout/acting-policy.ts';
import { controllers } from '../../src/rollout/controllers.ts';
import { median, type Paired, paired } from '../../src/statistics/intervals.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import { type Evaluation, evaluate } from '../../src/train/evaluate.ts';
import { isSolved } from '../../src/train/held-out.ts';
import type { Learner } from '../../src/train/learner.ts';
import { trainOn } from '../../src/train/train.ts';
import { wideBox } from '../prove/bars.ts';

/** What the project promises of its defaults, beside what its peers reach (SB3's PPO; see the README). What takes longer, or more seeds, is proved by `npm run prove`. */

beforeAll(loadPhysics);

/** Trains on the whole budget, or until solved. */
function trained(
  env: string,
  seed: number,
  given: {
    arm?: string;
    algorithm?: string;
    steps?: number;
    envOptions?: EnvConfig['options'];
    untilSolved?: boolean;
  },
): { learner: Learner; solvedAt: number } {
  const learner = learnerOf(configureTraining({ env, seed, ...given }));
  let solvedAt = Number.POSITIVE_INFINITY;
  for (const progress of trainOn(learner, { untilSolved: given.untilSolved ?? false })) {
    if (isSolved(progress)) solvedAt = Math.min(solvedAt, progress.envSteps);
  }
  return { learner, solvedAt };
}

/** Goal by goal against the proportional controller, on 1,000 goals that neither has seen. */
function againstController(learner: Learner): { own: Evaluation; comparison: Paired } {
  const goals = { seed: 11, set: 1, episodes: 1000 };
  const own = evaluate(learner.env, actorOf(learner), goals);
  const { env, actor } = controllers.proportional(learner.training.config.env);
  const controller = evaluate(env, actor, goals);
  return {
    own: own.evaluation,
    comparison: paired(own.trajectories.map(totalReward), controller.trajectories.map(totalReward)),
  };
}

const seeds = [0, 1, 2, 3, 4];

describe('panda-reach-joints, dense', () => {
  it('is solved on every seed, in 41,000 steps at the median', () => {
    const solved = seeds.map((seed) => trained('panda-reach-joints', seed, { untilSolved: true }).solvedAt);
    expect(Math.max(...solved)).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(median(solved)).toBeLessThanOrEqual(41_000);
  });

  it('is solved in 25,000 steps at the median with the relative goal', () => {
    const options = { envOptions: { relativeGoal: true }, untilSolved: true };
    const solved = seeds.map((seed) => trained('panda-reach-joints', seed, options).solvedAt);
    expect(median(solved)).toBeLessThanOrEqual(25_000);
  });

  it.each([0, 1, 2])(
    'seed %i: after 60,000 steps reaches the goals for at most 1.25 times what the controller pays',
    (seed) => {
      const { learner } = trained('panda-reach-joints', seed, { steps: 60_000 });
      const { own, comparison } = againstController(learner);
      expect(own.successRate).toBeGreaterThanOrEqual(0.99);
      expect(own.meanReturn).toBeGreaterThanOrEqual(-0.3);
      expect(comparison.ratioInterval?.[1]).toBeLessThanOrEqual(1.25);
    },
  );
});

describe('panda-reach, dense', () => {
  it.each([0, 1, 2])('seed %i: is solved by 25,000 steps, and at 60,000 is no worse than the controller', (seed) => {
    const { learner, solvedAt } = trained('panda-reach', seed, { steps: 60_000 });
    expect(solvedAt).toBeLessThanOrEqual(25_000);
    expect(againstController(learner).comparison.difference).toBeGreaterThanOrEqual(0);
  });
});

describe('panda-reach, sparse', () => {
  it.each(Object.keys(algorithms))('%s solves it within 80,000 steps, without hindsight', (algorithm) => {
    const given = { algorithm, steps: 80_000, envOptions: { reward: 'sparse' }, untilSolved: true };
    expect(trained('panda-reach', 0, given).solvedAt).toBeLessThanOrEqual(80_000);
  });
});

describe.each(['panda', 'planar'])('reach on %s, goals near home, by the general defaults', (arm) => {
  it.each(Object.keys(algorithms))('%s solves it within its budget', (algorithm) => {
    expect(trained('reach', 0, { arm, algorithm, untilSolved: true }).solvedAt).toBeLessThanOrEqual(60_000);
  });
});

it.each(['so101', 'ur5e', 'xarm7'])('reach on %s, goals near home, is solved by the defaults', (arm) => {
  expect(trained('reach', 0, { arm, untilSolved: true }).solvedAt).toBeLessThanOrEqual(40_000);
});

describe('a wide box of goals, by the general defaults', () => {
  it('ppo solves it within 250,000 steps', () => {
    const given = { algorithm: 'ppo', steps: 250_000, envOptions: wideBox, untilSolved: true };
    expect(trained('panda-reach-joints', 0, given).solvedAt).toBeLessThanOrEqual(250_000);
  });
});
