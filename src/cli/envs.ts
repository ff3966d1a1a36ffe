import { Command } from 'commander';
import { arms } from '../../envs/arms/index.ts';
import { isNumeric, type Option, range } from '../../envs/options.ts';
import type { Field } from '../../envs/spec.ts';
import { configureEnv, envOf, tasks } from '../../envs/tasks/index.ts';
import { count, table } from '../report/format.ts';
import { presetOf } from '../train/presets.ts';
import { printJson, withExamples } from './command.ts';

export function envsCommand(): Command {
  const command = new Command('envs')
    .description('list the environments: observations, actions, rewards, options and arms')
    .argument('[env]', 'show this one only')
    .option('--json', 'print JSON lines, one for each environment');
  return withExamples(command, 'armature envs', 'armature envs reacher').action(
    (name: string | undefined, { json }: { json?: boolean }) => {
      const names = name === undefined ? Object.keys(tasks) : [configureEnv(name).env];
      for (const env of names) {
        if (json) printJson(describe(env));
        else process.stdout.write(`${show(env)}\n`);
      }
    },
  );
}

function describe(name: string) {
  const { description, options, budget, arms } = tasks[name];
  const { spec } = envOf(configureEnv(name));
  const { controller, markers, ...rest } = spec;
  const named = Object.entries(options).map(([option, settings]) => ({ name: option, ...settings }));
  return {
    ...rest,
    description,
    arms,
    budget,
    action: controller,
    goal_radius: markers[0]?.radius ?? 0,
    options: named,
  };
}

function show(name: string): string {
  const { description, options, budget, arms: names } = tasks[name];
  const { config, spec } = envOf(configureEnv(name));
  const preset = Object.entries(presetOf(config, 'reinforce')).map(([option, value]) => `${option} ${value}`);
  return [
    '',
    `${name}: ${description}`,
    '',
    `  ${1 / spec.dt} control steps a second, ${spec.horizon} in an episode; reward: ${spec.terms.join(' + ')}`,
    `  arms: ${names.map((arm) => `${arm} (${arms[arm].description})`).join('; ')}`,
    `  train: ${[`${count(budget)} steps`, ...preset].join(', ')}`,
    '',
    fields('observation', spec.obs),
    '',
    fields('action', spec.act),
    '',
    table([
      ['option', 'default', 'values', ''],
      ...Object.entries(options).map(([option, settings]) => optionRow(option, settings)),
    ]),
  ].join('\n');
}

function fields(title: string, list: readonly Field[]): string {
  let at = 0;
  const rows = list.map(({ name, size, unit, low, high, description }) => {
    const slice = size === 1 ? String(at) : `${at}-${at + size - 1}`;
    at += size;
    const bounds = low === undefined || high === undefined ? '' : `${low} to ${high}`;
    return [slice, name, unit, bounds, description];
  });
  return table([[title, '', 'unit', 'bounds', ''], ...rows]);
}

function optionRow(name: string, option: Option): string[] {
  const number = isNumeric(option) ? range(option) : 'true | false';
  const values = 'choices' in option ? option.choices.join(' | ') : number;
  return [name, String(option.default), values, option.description];
}
