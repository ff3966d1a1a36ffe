import { bareCost, learnerOf, physicsOf, resetCost, rolloutCost, targetsOf } from './arms.ts';
import { crewCost, readyCrew } from './crews.ts';
import { interleave, over, type Samples } from './measure.ts';
import type { Section } from './report.ts';

const arms = 64;

/** What a rollout costs over the physics in it. */
export async function rolloutSection(rounds: number): Promise<Section> {
  const learner = learnerOf();
  const physics = physicsOf();
  const targets = targetsOf(physics, arms, learner.env.spec.horizon);
  let index = 0;
  const { bare, full, reset } = interleave(rounds, {
    bare: () => bareCost(physics, targets),
    full: () => rolloutCost(learner, { slots: arms, episodes: 2 * arms, index: index++ }),
    reset: () => resetCost(learner.env, arms, 8),
  });
  const { one, two } = await onThreads(rounds, index);
  const persecond: (cost: Samples) => Samples = (cost) => cost.map((us) => 1e6 / us);
  const floor = { name: 'bare world.step()', samples: persecond(bare) };
  return {
    name: 'rollout',
    title: `Rollout: ${arms} arms of panda-reach-joints, episodes of 50 steps, resets included`,
    figures: [
      {
        name: 'one thread',
        unit: 'steps/s',
        samples: persecond(full),
        floor,
        ratio: over(bare, full),
        bar: { of: 'ratio', is: 'at least', limit: 0.75 },
      },
      {
        name: 'one thread, per core',
        unit: 'steps/s',
        samples: persecond(full),
        bar: { of: 'value', is: 'at least', limit: 12000 },
      },
      {
        name: 'two threads',
        unit: 'steps/s',
        samples: persecond(two),
        floor: { name: 'one thread', samples: persecond(one) },
        ratio: over(one, two),
        bar: { of: 'ratio', is: 'at least', limit: 1.8 },
      },
      { name: 'reset of an arm', unit: 'us', samples: reset, bar: { of: 'value', is: 'at most', limit: 120 } },
    ],
    grids: [],
    notes: [
      'The floor counts Rapier alone: its step on the same World, with motors that were told new targets before.',
    ],
  };
}

/** The same rollouts by one thread and by two, each with half of the arms. */
async function onThreads(rounds: number, index: number): Promise<{ one: Samples; two: Samples }> {
  const learner = learnerOf();
  const [alone, pair] = [await readyCrew(learner, 1), await readyCrew(learner, 2)];
  try {
    let [a, b] = [index, index];
    return interleave(rounds, {
      one: () => crewCost(alone, learner, 200, a++),
      two: () => crewCost(pair, learner, 200, b++),
    });
  } finally {
    pair.close();
  }
}
