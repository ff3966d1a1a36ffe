import { bareCost, physicsOf, resetCost, rolloutCost, targetsOf, taskLearner } from './arms.ts';
import { interleave, over, type Samples } from './measure.ts';
import { findPartner } from './partner.ts';
import { poolCost, readyPool } from './pools.ts';
import type { Section } from './report.ts';

const arms = 64;

/** What a rollout costs over the physics in it. */
export async function rolloutSection(rounds: number): Promise<Section> {
  const learner = taskLearner();
  const physics = physicsOf();
  const targets = targetsOf(physics, arms, learner.env.spec.horizon);
  let index = 0;
  const { bare, full, reset } = interleave(rounds, {
    bare: () => bareCost(physics, targets),
    full: () => rolloutCost(learner, { slots: arms, episodes: 2 * arms, index: index++ }),
    reset: () => resetCost(learner.env, arms, 8),
  });
  const { one, two, alone, together } = await onThreads(rounds, index);
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
      {
        name: '  bare world.step(), nothing shared',
        unit: 'steps/s',
        samples: persecond(together),
        floor: { name: 'one thread', samples: persecond(alone) },
        ratio: over(alone, together),
      },
      { name: 'reset of an arm', unit: 'us', samples: reset, bar: { of: 'value', is: 'at most', limit: 120 } },
    ],
    grids: [],
    notes: [
      'The floor counts Rapier alone: its step on the same World, with motors that were told new targets before.',
    ],
  };
}

/** The same rollouts by one thread and by two, beside what the machine gives to two threads that share nothing. */
async function onThreads(
  rounds: number,
  index: number,
): Promise<Record<'one' | 'two' | 'alone' | 'together', Samples>> {
  const learner = taskLearner();
  const [single, pair] = [await readyPool(learner, 1), await readyPool(learner, 2)];
  const partner = await findPartner();
  try {
    let [a, b] = [index, index];
    return interleave(rounds, {
      one: () => poolCost(single, learner, 200, a++),
      two: () => poolCost(pair, learner, 200, b++),
      alone: () => partner.alone(),
      together: () => partner.together(),
    });
  } finally {
    pair.close();
    partner.close();
  }
}
