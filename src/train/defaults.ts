import type { Env } from '../../envs/env.ts';
import { DefinitionError } from '../../envs/model/definition-error.ts';
import { checkOption, type Options, type OptionValues } from '../../envs/options.ts';
import type { AlgorithmFactory } from '../algorithms/types.ts';
import { evalEveryFor, trainOptions } from './options.ts';

/**
 * What training is told where nobody says it: one rule for every task and arm, that follows what there is in an environment, and no name;
 * and what a task says of itself.
 */

/** What of an environment the defaults follow. */
export type Suited = Pick<Env, 'config' | 'spec' | 'scene' | 'defaults'>;

/** The algorithm of a run that names none. */
export function usualAlgorithm({ defaults }: Pick<Env, 'defaults'>): string {
  return defaults?.algorithm ?? 'ppo';
}

/**
 * Where there are objects to move. One is touched in few steps of the first batches: small ones are luck. Who pushes with little noise
 * pushes fast, and past the edge of the goal as soon as something is different; who holds with little noise lifts nothing. The last
 * misses are a few episodes of a batch: PPO's is larger, which tells what they have in common.
 */
const moving = {
  options: { batch: 4000, batchGrowth: 0, evalEvery: 20_000 },
  ppo: { batch: 8000, epochs: 15, entropyBonus: 0.003 },
};

/** The defaults of an algorithm's options, and of those of training, where they are not the general ones. */
export function defaultsIn(env: Suited, { name, options, defaults }: Defaulted): OptionValues {
  const { spec, scene } = env;
  return {
    evalEvery: evalEveryFor(spec.horizon),
    ...defaults,
    ...(scene.objects.length > 0 && { ...moving.options, ...(name === 'ppo' && moving.ppo) }),
    ...ownDefaults(env, name, { ...trainOptions, ...options }),
  };
}

type Defaulted = Pick<AlgorithmFactory, 'name' | 'options' | 'defaults'>;

/**
 * What a task says of itself, for an algorithm.
 * @throws DefinitionError for a name that no option has
 * @throws UsageError for a value that an option may not have
 */
function ownDefaults({ config, defaults = {} }: Suited, algorithm: string, options: Options): OptionValues {
  const own = Object.entries({ ...defaults.options, ...defaults.of?.[algorithm] }).map(([name, value]) => {
    if (Object.hasOwn(options, name)) {
      return [name, checkOption(name, options[name], value, `the defaults of task ${config.env}`)];
    }
    throw new DefinitionError(`task ${config.env}: its defaults name "${name}", which is no option of ${algorithm}`);
  });
  return Object.fromEntries(own);
}
