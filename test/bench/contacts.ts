import type { OptionValues } from '../../envs/options.ts';
import { usualSlots } from '../../src/rollout/collect.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import type { Learner } from '../../src/train/learner.ts';
import { resetCost, rolloutCost } from './arms.ts';
import { interleave, over } from './measure.ts';
import type { Section } from './report.ts';

/** Episodes run to their end, so that all of them have as many steps. */
const whole: OptionValues = { endsOnSuccess: false };
/** All that a task with an object can be asked for. */
const everything: OptionValues = { ...whole, reward: 'shaped', relative: true };
const episodes = 4 * usualSlots;

/** What objects, fingers and contacts cost over an arm that touches nothing. */
export async function contactsSection(rounds: number): Promise<Section> {
  const [reach, push, pick] = [
    learnerFor('panda-reach', whole),
    learnerFor('panda-push', everything),
    learnerFor('panda-pick-and-place', everything),
  ];
  let index = 0;
  const cost = (learner: Learner) => () => rolloutCost(learner, { slots: usualSlots, episodes, index: index++ });
  const { free, pushing, picking, reset } = interleave(rounds, {
    free: cost(reach),
    pushing: cost(push),
    picking: cost(pick),
    reset: () => resetCost(push.env, usualSlots, 20),
  });
  const floor = { name: 'one of panda-reach', samples: free };
  return {
    name: 'contacts',
    title: `Contacts: a control step of ${usualSlots} arms, policy, observation, reward, recording and resets included`,
    figures: [
      {
        name: 'panda-push',
        unit: 'us',
        samples: pushing,
        floor,
        ratio: over(pushing, free),
        bar: { of: 'ratio', is: 'at most', limit: 2.2 },
      },
      { name: 'panda-pick-and-place', unit: 'us', samples: picking, floor, ratio: over(picking, free) },
      {
        name: 'reset of panda-push',
        unit: 'us',
        samples: reset,
        bar: { of: 'value', is: 'at most', limit: 110 },
      },
    ],
    grids: [],
    notes: [],
  };
}

const learnerFor = (env: string, envOptions: OptionValues) => learnerOf(configureTraining({ env, envOptions }));
