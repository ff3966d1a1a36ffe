/** What can be trained in the page: from the same data as the command line's help. */

import { type Options, withDefaults } from '../../../envs/options.ts';
import { budgetOf } from '../../../envs/task.ts';
import { armsOf, configureEnv, envOf, tasks } from '../../../envs/tasks/index.ts';
import { algorithms } from '../../../src/algorithms/index.ts';
import { optionsFor, trainingOptionsOf } from '../../../src/train/config.ts';
import { usualAlgorithm } from '../../../src/train/defaults.ts';
import type { Catalogue, FormOption, TrainingChoice } from './messages.ts';

const usualTask = 'panda-reach-joints';

/** The tasks, the algorithms, and the options that go with a choice, which is completed. */
export function catalogueOf(given: Partial<TrainingChoice>): Catalogue {
  const env = given.env !== undefined && Object.hasOwn(tasks, given.env) ? given.env : usualTask;
  const arms = armsOf(tasks[env]);
  const arm = given.arm !== undefined && arms.includes(given.arm) ? given.arm : arms[0];
  const usual = trainingOptionsOf(env);
  const envOptions = (env === given.env && given.envOptions) || {};
  const config = configureEnv(env, { arm, options: { ...usual, ...envOptions } });
  const place = envOf(config);
  const algorithm =
    given.algorithm !== undefined && Object.hasOwn(algorithms, given.algorithm)
      ? given.algorithm
      : usualAlgorithm(place);
  const all = optionsFor(place, algorithms[algorithm]);
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
      // Those of another algorithm that this one does not have are no longer asked for.
      options: Object.fromEntries(Object.entries(given.options ?? {}).filter(([name]) => Object.hasOwn(all, name))),
      envOptions,
    },
    hasUsualSteps: given.steps === undefined,
    options: fieldsOf(all),
    envOptions: fieldsOf(withDefaults(tasks[env].options, usual)),
  };
}

function fieldsOf(options: Options): FormOption[] {
  return Object.entries(options).map(([name, option]) => ({ name, ...option }));
}
