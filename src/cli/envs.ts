import { Command } from 'commander';
import { dynamicsFields } from '../../envs/dynamics/fields.ts';
import type { Env, EnvConfig } from '../../envs/env.ts';
import { type Options, UsageError } from '../../envs/options.ts';
import type { Field } from '../../envs/spec.ts';
import { budgetOf, type TaskDefinition } from '../../envs/task.ts';
import { armsOf, configureEnv, dynamicsOf, envOf, tasks } from '../../envs/tasks/index.ts';
import type { AlgorithmFactory } from '../algorithms/types.ts';
import { count, table } from '../report/format.ts';
import { optionsFor } from '../train/config.ts';
import { usualAlgorithm } from '../train/defaults.ts';
import { trainOptions } from '../train/options.ts';
import type { Registry } from '../train/registry.ts';
import { optionTable, withExamples } from './command.ts';
import { armIn, nameIn, openNames } from './modules.ts';
import { printJson, printLines } from './output.ts';
import { randomizing } from './randomize-flag.ts';
import { addRobotFlags, type RobotFlags } from './robot-flags.ts';

export function envsCommand(): Command {
  const command = new Command('envs')
    .description('list the environments: observations, actions, rewards, options and arms')
    .argument('[env]', 'show this one only; or a module of your own, as ./push.ts')
    .option('--arm <name>', 'show it with this arm: a name, a module of your own or a robot file')
    .option('--json', 'print JSON lines, one for each environment');
  addRobotFlags(command);
  return withExamples(
    command,
    'armature envs',
    'armature envs reacher',
    'armature envs ./touch.ts --arm ./so101.urdf',
  ).action(async (name: string | undefined, { json, ...flags }: EnvsFlags) => {
    if (name === undefined && flags.arm)
      throw new UsageError('--arm is for one environment: name it, as `armature envs reacher`');
    const registry = await openNames(name, flags);
    const names = name === undefined ? Object.keys(tasks) : [nameIn('tasks', name, registry)];
    for (const env of names) {
      const described = { config: configureEnv(env, { arm: armIn(flags.arm, registry) }, registry), registry };
      if (json) printJson(describe(described));
      else printLines(show(described));
    }
  });
}

interface EnvsFlags extends RobotFlags {
  readonly arm?: string;
  readonly json?: boolean;
}

interface Described {
  readonly config: EnvConfig;
  readonly registry: Registry;
}

function describe({ config, registry }: Described) {
  const task = registry.tasks[config.env];
  const { description, options } = task;
  const { controller, markers, ...rest } = envOf(config, registry).spec;
  const named = Object.entries(options).map(([option, settings]) => ({ name: option, ...settings }));
  return {
    ...rest,
    description,
    arms: armsOf(task, registry),
    budget: budgetOf(task, config.options),
    training: task.training ?? {},
    action: controller,
    goal_radius: markers[0]?.radius ?? 0,
    options: named,
    randomize: dynamicsFields.filter(({ name }) => dynamicsOf(config, registry).includes(name)),
  };
}

function show({ config, registry }: Described): string[] {
  const task = registry.tasks[config.env];
  const { name, description = '', options, arms } = task;
  const env = envOf(config, registry);
  const { spec, scene } = env;
  const algorithm = usualAlgorithm(env);
  const suited = suitedTo(env, registry.algorithms[algorithm]);
  // A task may make an arm of its own of the one that it is given.
  const about = (arm: string) => (arm === config.arm ? scene.arm.model : registry.arms[arm]).description;
  const names = arms?.map((arm) => `${arm} (${about(arm)})`).join('; ');
  return [
    '',
    `${name}${description && `: ${description}`}`,
    '',
    `  ${Number((1 / spec.dt).toFixed(2))} control steps a second, ${spec.horizon} in an episode; reward: ${spec.terms.join(' + ')}`,
    `  arms: ${names ?? 'any, also a robot file: --arm ./robot.urdf'}`,
    `  train: ${[`${count(budgetOf(task, config.options))} steps by ${algorithm}`, ...learnedBy(task), ...suited].join(', ')}`,
    '',
    ...fields('observation', spec.obs),
    '',
    ...fields('action', spec.act),
    '',
    ...optionTable(options),
    '',
    ...randomizing(dynamicsOf(config, registry)),
  ];
}

/** The options of its own that a task is trained with where nothing else is said. */
function learnedBy({ training = {} }: TaskDefinition): string[] {
  return Object.entries(training).map(([option, value]) => `${option} ${value}`);
}

/** The options of training that are not what they are in most environments. */
function suitedTo(env: Env, algorithm: AlgorithmFactory): string[] {
  const usual: Options = { ...trainOptions, ...algorithm.options };
  return Object.entries(optionsFor(env, algorithm))
    .filter(([name, option]) => option.default !== usual[name].default)
    .map(([name, option]) => `${name} ${option.default}`);
}

function fields(title: string, list: readonly Field[]): string[] {
  let at = 0;
  const rows = list.map(({ name, size, unit, low, high, description }) => {
    const slice = size === 1 ? String(at) : `${at}-${at + size - 1}`;
    at += size;
    const bounds = low === undefined || high === undefined ? '' : `${low} to ${high}`;
    return [slice, name, unit, bounds, description];
  });
  return table([[title, '', 'unit', 'bounds', ''], ...rows]);
}
