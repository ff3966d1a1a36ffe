import type { EnvConfig } from '../../envs/env.ts';
import type { OptionValues } from '../../envs/options.ts';

/** Defaults that suit an environment, or one of its rewards, better than the general ones. */
interface Preset {
  readonly envs: readonly string[];
  readonly reward?: string;
  /** For the algorithm of that name, or for all. */
  readonly options: Readonly<Record<string, OptionValues>>;
}

const presets: readonly Preset[] = [
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
    options: { all: { baseline: 'linear' }, a2c: { baseline: 'value' } },
  },
  {
    // Most batches say little of where the goal is: smaller steps, and values that reach beyond what was seen.
    envs: ['panda-reach', 'panda-reach-joints'],
    reward: 'sparse',
    options: {
      reinforce: { learningRate: 0.003, baseline: 'value' },
      a2c: { learningRate: 0.003, advantage: 'gae' },
      ppo: { batch: 2000 },
    },
  },
];

/** Training defaults that an environment sets for itself. */
export function presetOf({ env, options }: Pick<EnvConfig, 'env' | 'options'>, algorithm: string): OptionValues {
  const fitting = presets.filter(({ envs, reward }) => envs.includes(env) && (!reward || reward === options.reward));
  return Object.assign({}, ...fitting.map((preset) => ({ ...preset.options.all, ...preset.options[algorithm] })));
}
