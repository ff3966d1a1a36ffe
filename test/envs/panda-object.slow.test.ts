import { beforeAll, expect, it } from 'vitest';
import { stream } from '../../envs/math/random.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { width } from '../../envs/spec.ts';
import { configureEnv } from '../../envs/tasks/index.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { collect } from '../../src/rollout/collect.ts';
import { constantActor, controllers } from '../../src/rollout/controllers.ts';
import { contactTasks } from './crowd.ts';
import { openEnv, randomAction } from './support.ts';

beforeAll(loadPhysics);

const returnOf = ({ reward }: Trajectory) => reward.reduce((sum, each) => sum + each, 0);

// Of PyBullet's own simulation of panda-gym 3.0.8.
it.each([
  ['panda-push', -7.7],
  ['panda-pick-and-place', -9.2],
])('doing nothing on %s returns %d, within three standard errors', (name, expected) => {
  const env = openEnv(name);
  const plan = { seedOf: (k: number) => 20_000 + k, until: { episodes: 1000 }, deterministic: true };
  const returns = collect(env, constantActor(env), plan).map(returnOf);
  const mean = returns.reduce((sum, each) => sum + each, 0) / returns.length;
  const variance = returns.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (returns.length - 1);
  console.info(`${name}: ${mean.toFixed(2)} +- ${Math.sqrt(variance / returns.length).toFixed(2)}`);
  expect(Math.abs(mean - expected)).toBeLessThan(3 * Math.sqrt(variance / returns.length));
});

it.each([
  ['panda-push', 0.95],
  ['panda-pick-and-place', 0.95],
  ['panda-slide', 0.88],
])('the scripted controller solves %s in at least %d of 500 episodes', (name, least) => {
  const { env, actor } = controllers.scripted(configureEnv(name));
  const plan = { seedOf: (k: number) => 30_000 + k, until: { episodes: 500 }, deterministic: true };
  const episodes = collect(env, actor, plan);
  const solved = episodes.filter(({ success }) => success).length / 500;
  const mean = episodes.map(returnOf).reduce((sum, each) => sum + each, 0) / 500;
  console.info(`${name}: ${solved} solved, return ${mean.toFixed(2)}`);
  expect(solved).toBeGreaterThan(least);
});

/** EPISODES=10000 npm run test:all -- test/envs/panda-object */
const thrown = Number(process.env.EPISODES ?? 500);

it.each(contactTasks)(
  `${thrown} episodes of random, full-strength actions on %s: faults are fewer than 0.1 %`,
  (name) => {
    const env = openEnv(name);
    const [slots, size, random] = [10, width(env.spec.act), stream(6, 'noise')];
    const batch = env.open(slots);
    let [seed, ended, faults] = [0, 0, 0];
    for (let slot = 0; slot < slots; slot++) batch.start(slot, seed++);
    let act = randomAction(slots * size, random);
    for (let t = 0; ended < thrown; t++) {
      // Held for a while, each at an end of its range: an arm that is thrown about.
      if (t % 4 === 0) act = act.map(() => (random.uniform() < 0.5 ? -1 : 1));
      batch.step(act);
      if (!batch.obs.every(Number.isFinite) || !batch.reward.every(Number.isFinite)) expect.fail(`at step ${t}`);
      for (let slot = 0; slot < slots; slot++) {
        if (!batch.last[slot]) continue;
        ended++;
        faults += batch.fault[slot];
        batch.start(slot, seed++);
      }
    }
    batch.close();
    console.info(`${name}: ${faults} faults`);
    expect(faults).toBeLessThanOrEqual(thrown / 1000);
  },
);
