import { loadPhysics } from '../../envs/sim/rapier.ts';
import { actorOf } from '../../src/rollout/acting-policy.ts';
import { collect } from '../../src/rollout/collect.ts';
import { planOf, type RollOut } from '../../src/rollout/rollout.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import { learn } from '../../src/train/learner.ts';

/** Runs in Node and in a browser. 67 episodes or more in a batch: enough for 64 arms at once. */
export const twentyIterations = configureTraining({
  env: 'panda-reach-joints',
  seed: 11,
  envOptions: { horizon: 6, goalRadius: 0.12 },
  options: { batch: 400, hiddenWidth: 16, baseline: 'value' },
});

/** Theta after 20 iterations of training with these rollouts. */
export function thetaBy(roll: RollOut): Float64Array {
  const learner = learnerOf(twentyIterations);
  for (let index = 0; index < 20; index++) {
    const plan = { seed: 11, purpose: 'training', index, until: { steps: 400 }, deterministic: false } as const;
    learn(learner, roll(learner, plan), index / 20);
  }
  return learner.theta;
}

/** On this thread, in a world of so many arms. */
export function inWorldsOf(slots: number): RollOut {
  return (learner, episodes) =>
    collect(learner.env, actorOf(learner), { ...planOf(episodes, learner.env.spec.horizon), slots });
}

/** The bytes of theta in a world of so many arms. */
export async function thetaBytes(slots: number): Promise<number[]> {
  await loadPhysics();
  return Array.from(new Uint8Array(thetaBy(inWorldsOf(slots)).buffer));
}
