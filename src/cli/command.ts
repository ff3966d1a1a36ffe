/** What commands are made of: their options, their examples and their output for programs. */
import { basename, relative } from 'node:path';
import { type Command, Option as Flag, InvalidArgumentError } from 'commander';
import {
  checkOption,
  isNumeric,
  type Option,
  type Options,
  type OptionValue,
  range,
  UsageError,
  vectorRange,
} from '../../envs/options.ts';
import { commandLine, kebab, table } from '../report/format.ts';
import { isWithin } from '../run/files.ts';

/** Options of commands that simulate in the engine that the line names. */
export interface EngineFlags {
  readonly engine?: string;
}

export function addEngineFlag(command: Command): Command {
  return command.option(
    '--engine <name>',
    'simulate in another engine: mujoco, where @mujoco/mujoco is installed [rapier]',
  );
}

/** The command that is running, as a page says that it was made by it. */
export function commandOfPage(): string {
  return commandLine(...process.argv.slice(2).map(withoutPlaces));
}

/** Flags, with their values, that change no result. */
const withoutResult = {
  values: ['--jobs', '--out', '--attach', '--keep-days'],
  /** A value follows, or another flag does. */
  optional: ['--queue'],
  switches: ['--json', '--tensorboard'],
};

/** The same command without what changes no result, so that a page is the same whatever that was. */
export function commandOfResults(args = process.argv.slice(2)): string {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const { values, optional, switches } = withoutResult;
  const kept = args.filter((arg, i) => {
    if (i >= end) return true;
    const isOwn = [...values, ...optional, ...switches].some((flag) => arg === flag || arg.startsWith(`${flag}=`));
    const before = i > 0 ? args[i - 1] : '';
    const isValue = values.includes(before) || (optional.includes(before) && !arg.startsWith('-'));
    return !isOwn && !isValue;
  });
  return commandLine(...kept.map(withoutPlaces));
}

/** An argument without the places on this machine that it names: of a path elsewhere its last part stays. */
export function withoutPlaces(arg: string): string {
  const short = (path: string) => (isWithin('', path) ? relative('', path) : basename(path));
  return arg.replace(
    /(^|[=,])(\/[^=,]*|[A-Za-z]:[\\/][^=,]*|\.\.[\\/][^=,]*)/g,
    (_, before, path) => before + short(path),
  );
}

/** Adds a worked example to a command's help. */
export function withExamples(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`);
}

/**
 * Adds a list of options to a command; what is not given stays undefined.
 * @param usual what to say of an option's default
 */
export function addOptions(
  command: Command,
  options: Options,
  owner: string,
  usual = (_name: string, option: Option) => String(option.default),
): void {
  for (const [name, option] of Object.entries(options)) {
    const isSwitch = typeof option.default === 'boolean';
    const choices = 'choices' in option ? option.choices : null;
    const value = choices ? 'name' : 'size' in option ? 'numbers' : 'number';
    const flags = isSwitch ? `--${option.default ? 'no-' : ''}${kebab(name)}` : `--${kebab(name)} <${value}>`;
    const described = choices ? `${option.description} (${choices.join(', ')})` : option.description;
    const words = isSwitch && option.default ? `do not ${option.description}` : described;
    const flag = new Flag(flags, isSwitch ? words : `${words} [${usual(name, option)}]`);
    if (!isSwitch) flag.argParser((text) => parse(name, option, text, owner));
    command.addOption(flag);
  }
}

/** Options as a table, for help. */
export function optionTable(options: Options): string[] {
  const rows = Object.entries(options).map(([name, option]) => {
    return [name, String(option.default), valuesIn(option), option.description];
  });
  return table([['option', 'default', 'values', ''], ...rows]);
}

function valuesIn(option: Option): string {
  if ('choices' in option) return option.choices.join(' | ');
  return typeof option.default === 'boolean' ? 'true | false' : expected(option);
}

/** The values among a command's that belong to the options; a switch counts when it was turned. */
export function valuesOf(options: Options, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(options)
    .map(([name, { default: usual }]): [string, unknown] => [
      name,
      typeof usual === 'boolean' && given[name] === usual ? undefined : given[name],
    ])
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}

function parse(name: string, option: Option, text: string, owner: string): OptionValue {
  try {
    return checkOption(kebab(name), option, text, owner);
  } catch (error) {
    throw error instanceof UsageError ? new InvalidArgumentError(`expected ${expected(option)}`) : error;
  }
}

function expected(option: Option): string {
  if ('choices' in option) return `one of ${option.choices.join(', ')}`;
  if ('size' in option) return vectorRange(option);
  return isNumeric(option) ? range(option) : 'true or false';
}

/** An integer argument within bounds. */
export function integer(low: number, high = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= low && value <= high) return value;
    throw new InvalidArgumentError(
      high === Number.MAX_SAFE_INTEGER
        ? `expected an integer of at least ${low}`
        : `expected an integer from ${low} to ${high}`,
    );
  };
}

/** Collects repeated key=value arguments. */
export function keyValue(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('expected key=value');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
