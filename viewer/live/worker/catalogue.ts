/** What can be trained in the page: from the same data as the command line's help. */

import { budgetOf } from '../../../envs/task.ts';
import { armsOf, configureEnv, tasks } from '../../../envs/tasks/index.ts';
import { algorithms } from '../../../src/algorithms/index.ts';
import { optionsFor } from '../../../src/train/config.ts';
import { usualAlgorithm } from '../../../src/train/presets.ts';
import type { Catalogue, FormOption, TrainingChoice } from './messages.ts';

const usualTask = 'panda-reach-joints';

/** The tasks, the algorithms, and the options that go with a choice, which is completed. */
export function catalogueOf(given: Partial<TrainingChoice>): Catalogue {
  const env = given.env !== undefined && Object.hasOwn(tasks, given.env) ? given.env : usualTask;
  const arms = armsOf(tasks[env]);
  const arm = given.arm !== undefined && arms.includes(given.arm) ? given.arm : arms[0];
  const algorithm =
    given.algorithm !== undefined && Object.hasOwn(algorithms, given.algorithm)
      ? given.algorithm
      : usualAlgorithm({ env });
  const config = configureEnv(env, { arm });
  const own = algorithms[algorithm].options;
  const options = Object.entries(optionsFor(config, algorithms[algorithm])).map(
    ([name, option]): FormOption => ({ name, ...option, isOwn: Object.hasOwn(own, name) }),
  );
  return {
    type: 'catalogue',
    tasks: Object.values(tasks).map((task) => ({
      name: task.name,
      description: task.description ?? '',
      arms: armsOf(task),
    })),
    algorithms: Object.values(algorithms).map(({ name, description }) => ({ name, description: description ?? '' })),
    choice: {
      env,
      arm,
      algorithm,
      seed: given.seed ?? 0,
      steps: given.steps ?? budgetOf(tasks[env], config.options),
      options: given.options ?? {},
    },
    options,
  };
}
