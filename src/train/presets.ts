import type { EnvConfig } from '../../envs/env.ts';
import type { OptionValues } from '../../envs/options.ts';

/** Defaults that suit an environment, or some of its options, better than the general ones. */
interface Preset {
  readonly envs: readonly string[];
  /** The environment's own options that have to have these values. */
  readonly where?: OptionValues;
  /** Only while the goals come from the environment's usual box, and the physics are its own: it is the peer's no longer else. */
  readonly usualGoals?: boolean;
  /** For the algorithm of that name, or for all. */
  readonly options: Readonly<Record<string, OptionValues>>;
}

/** Mirrors of peers' tasks, whose figures begin with REINFORCE's. */
export const mirrored: readonly string[] = ['panda-reach', 'panda-reach-joints', 'reacher'];

/** The algorithm of a run that names none. */
export function usualAlgorithm({ env, dynamics }: Pick<EnvConfig, 'env' | 'dynamics'>): string {
  return mirrored.includes(env) && !dynamics ? 'reinforce' : 'ppo';
}

/** What each algorithm is by these environments' own tuning, where the general rule is another one. */
const mirrors: Preset = {
  envs: mirrored,
  usualGoals: true,
  options: {
    all: { batch: 1000, batchGrowth: 0, gamma: 0.9, advantage: 'monte-carlo', initialLogSigma: -0.5 },
    reinforce: { learningRate: 0.01 },
    ppo: { learningRate: 0.003, minibatch: 250 },
    a2c: { batch: 500, advantage: 'n-step', learningRate: 0.005 },
  },
};

const presets: readonly Preset[] = [
  mirrors,
  {
    // There are more postures to tell apart than near home.
    envs: ['reach'],
    where: { region: 'all' },
    options: { all: { hiddenWidth: 128 } },
  },
  {
    // A goal is at most some twenty steps away. What an arm that has got stuck does in the others says little, and is most of what it
    // does while few goals are reached: more goals say more.
    envs: ['reach'],
    where: { region: 'all', goals: 1 },
    options: { all: { cutAfter: 25 } },
  },
  {
    // Three goals an episode, each of a hundred steps: a small batch is few goals. What a step is worth shows in the next few, and all
    // that follows them is noise to it.
    envs: ['reach-pose'],
    options: { all: { batch: 4000, batchGrowth: 0, gamma: 0.8 } },
  },
  {
    // The target is less than a hundred steps away, and the rest of a thousand says little: more starts and targets say more.
    envs: ['reacher-easy', 'reacher-hard'],
    options: { all: { batch: 8000, batchGrowth: 0, gamma: 0.97, cutAfter: 100 }, ppo: { minibatch: 250 } },
  },
  {
    // A small target is found by wide noise.
    envs: ['reacher-hard'],
    options: { all: { initialLogSigma: 0 } },
  },
  {
    // An object is touched in few steps of the first batches: small ones are luck.
    envs: ['panda-push', 'panda-slide', 'panda-pick-and-place'],
    options: { all: { batch: 4000, batchGrowth: 0, gamma: 0.9, evalEvery: 20000 } },
  },
  {
    // Who pushes with little noise pushes fast, and past the edge of the goal as soon as something is different; who holds with little
    // noise lifts nothing. The last misses are a few episodes of a batch: a larger one tells what they have in common.
    envs: ['panda-push', 'panda-pick-and-place'],
    options: { ppo: { batch: 8000, epochs: 15, entropyBonus: 0.003 } },
  },
  {
    // The goal is out of reach: what only touches is near it at first.
    envs: ['panda-slide'],
    options: { all: { goalCurriculum: 0.5 } },
  },
  {
    // From the first touch to the goal it is farther. What is held in the air is carried to the goal by chance, what lies on the table is
    // not.
    envs: ['panda-pick-and-place'],
    options: { all: { gamma: 0.95, assistedStarts: 0.6 }, ppo: { finalLearningRate: 0.3 } },
  },
  {
    envs: ['reacher'],
    options: {
      all: { batch: 2000, gamma: 0.93, evalEvery: 20000 },
      // The control cost makes sigma small, and ten epochs of the general step then leave the clipped region far behind.
      ppo: { learningRate: 0.001 },
      a2c: { batch: 500, advantage: 'gae', learningRate: 0.003 },
    },
  },
  {
    // Quadratic values fit distances to a goal near by at once; over wider states, continued past the horizon, they diverge.
    envs: ['panda-reach', 'panda-reach-joints'],
    usualGoals: true,
    options: { all: { baseline: 'linear' }, a2c: { baseline: 'value' } },
  },
  {
    // Most batches say little of where the goal is: smaller steps, and values that reach beyond what was seen.
    envs: ['panda-reach', 'panda-reach-joints'],
    usualGoals: true,
    where: { reward: 'sparse' },
    options: {
      reinforce: { learningRate: 0.003, baseline: 'value' },
      a2c: { learningRate: 0.003, advantage: 'gae' },
      ppo: { batch: 2000 },
    },
  },
];

/** What of an environment its presets depend on. */
export type Suited = Pick<EnvConfig, 'env' | 'options' | 'dynamics'>;

/** Training defaults that an environment sets for itself. */
export function presetOf({ env, options, dynamics }: Suited, algorithm: string): OptionValues {
  const hasOwnGoals = Boolean(options.goalLow || options.goalHigh);
  const fitting = presets.filter(
    ({ envs, where = {}, usualGoals }) =>
      envs.includes(env) &&
      Object.entries(where).every(([name, value]) => options[name] === value) &&
      !(usualGoals && (hasOwnGoals || dynamics)),
  );
  return Object.assign({}, ...fitting.map((preset) => ({ ...preset.options.all, ...preset.options[algorithm] })));
}
