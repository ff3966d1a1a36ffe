/** Settings of tasks, algorithms and training. Command-line options, their checks and their help derive from them. */

interface Described {
  readonly description: string;
}

export interface NumberOption extends Described {
  readonly default: number;
  /** Inclusive bounds. */
  readonly low?: number;
  readonly high?: number;
  readonly integer?: boolean;
}

export interface SwitchOption extends Described {
  readonly default: boolean;
}

export interface ChoiceOption extends Described {
  readonly default: string;
  readonly choices: readonly string[];
}

/** Several numbers, as `0.1,-0.2,0.3`; `''` where they are left to the owner. */
export interface VectorOption extends Described {
  readonly default: string;
  /** How many. */
  readonly size: number;
  /** Inclusive bounds of each. */
  readonly low?: number;
  readonly high?: number;
}

export type Option = NumberOption | SwitchOption | ChoiceOption | VectorOption;

/** Options by name. */
export type Options = Readonly<Record<string, Option>>;

export type OptionValue = number | boolean | string;

/** A value for each of some options, as files and command lines give it. */
export type OptionValues = Readonly<Record<string, OptionValue>>;

type ValueOf<O extends Option> = O extends NumberOption
  ? number
  : O extends SwitchOption
    ? boolean
    : O extends { readonly choices: readonly (infer Choice)[] }
      ? Choice
      : O extends VectorOption
        ? string
        : never;

/** The values of options, typed by what each one accepts. */
export type Values<S extends Options> = { readonly [Name in keyof S]: ValueOf<S[Name]> };

/** Options with their choices as literal types. */
export function defineOptions<const S extends Options>(options: S): S {
  return options;
}

/** The same options, with other defaults for those that are named. */
export function withDefaults(options: Options, defaults: OptionValues): Options {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, { ...option, default: defaults[name] ?? option.default }]),
  ) as Options;
}

/** A value the user gave is of the wrong name, kind or range. Its message is one line for the user. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Values for every option: what was given, checked, and the defaults for the rest.
 * @param owner what has the options, for messages
 * @throws UsageError that names the option, what was expected and what was found
 */
export function resolveOptions<S extends Options>(
  options: S,
  given: Readonly<Record<string, unknown>>,
  owner: string,
): Values<S> {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(options, name)) {
      throw new UsageError(`${owner} has no option "${name}"; it has: ${Object.keys(options).join(', ')}`);
    }
  }
  const values = Object.entries(options).map(([name, option]) => [
    name,
    given[name] === undefined ? option.default : checkOption(name, option, given[name], owner),
  ]);
  return Object.fromEntries(values) as Values<S>;
}

/** The value as the option's kind; strings as typed on a command line are converted. */
export function checkOption(name: string, option: Option, value: unknown, owner: string): OptionValue {
  const fail = (expected: string): never => {
    throw new UsageError(`option "${name}" of ${owner} must be ${expected}, got ${JSON.stringify(value)}`);
  };
  if ('choices' in option) {
    return option.choices.includes(String(value)) ? String(value) : fail(`one of ${option.choices.join(', ')}`);
  }
  if ('size' in option) return String(value) === '' ? '' : checkVector(option, String(value), fail);
  if (isNumeric(option)) {
    const { low = -Infinity, high = Infinity, integer } = option;
    const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
    const whole = !integer || Number.isInteger(number);
    return Number.isFinite(number) && whole && number >= low && number <= high ? number : fail(range(option));
  }
  const text = String(value);
  return text === 'true' || text === 'false' ? text === 'true' : fail('true or false');
}

/** The numbers in one way of writing them. */
function checkVector(option: VectorOption, text: string, fail: (expected: string) => never): string {
  const { size, low = -Infinity, high = Infinity } = option;
  const parts = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const isWhole = parts.length === size && parts.every((x) => Number.isFinite(x) && x >= low && x <= high);
  return isWhole ? parts.join(',') : fail(vectorRange(option));
}

/** What a vector option accepts, in words. */
export function vectorRange({ size, low, high }: VectorOption): string {
  const bounds = low !== undefined && high !== undefined ? `, each from ${low} to ${high}` : '';
  return `${size} numbers with commas between them${bounds}`;
}

/** The numbers of a vector option's value; null where it is left to the owner, or a file was written without it. */
export function numbersOf(value: string | undefined): number[] | null {
  return value ? value.split(',').map(Number) : null;
}

export function isNumeric(option: Option): option is NumberOption {
  return typeof option.default === 'number';
}

/** What a number option accepts, in words. */
export function range({ integer, low, high }: NumberOption): string {
  const kind = integer ? 'an integer' : 'a number';
  if (low !== undefined && high !== undefined) return `${kind} from ${low} to ${high}`;
  if (low !== undefined) return `${kind} of at least ${low}`;
  return high === undefined ? kind : `${kind} of at most ${high}`;
}
