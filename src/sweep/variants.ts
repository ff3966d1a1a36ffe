import { stream } from '../../envs/math/random.ts';
import { type OptionValue, UsageError } from '../../envs/options.ts';
import { motorSettings, taskSettings, withMotorSettings } from '../robots/motor-settings.ts';
import { allOptions, configureNewTraining, ownOptions } from '../train/config.ts';
import type { Registry } from '../train/registry.ts';
import type { TrainConfig } from '../train/training.ts';
import { isNamed, type Names, type SweepPlan } from './plan.ts';
import { drawn } from './values.ts';

/** One way to set what a sweep varies. */
export interface Variant {
  readonly index: number;
  /** What is set, by the keys of the axes that there are for it. */
  readonly values: Readonly<Record<string, OptionValue>>;
  /** How messages and reports call it: `ppo learningRate=0.001`. */
  readonly label: string;
  /** What the folders of its runs begin with. */
  readonly name: string;
}

/**
 * The variants of a plan, which are worked out as they are asked for: there may be a million, of which none is kept. Combinations that
 * differ only in an option that their algorithm has not are one.
 */
export interface Variants {
  readonly count: number;
  at(index: number): Variant;
  /**
   * The configuration of a variant's runs, of seed 0.
   * @throws UsageError for values that are out of range, or do not go together
   */
  configOf(variant: Variant): TrainConfig;
}

type Values = Variant['values'];

/** So many variants are checked before the first run; of more, one whose values do not go together fails when its turn comes. */
const mostChecked = 1000;

/**
 * @throws UsageError for values that are out of range or do not go together, and for options that none of the algorithms has
 */
export function checkVariants({ axes, base }: SweepPlan, variants: Variants, registry: Registry): void {
  for (let i = 0; i < Math.min(variants.count, mostChecked); i++) variants.configOf(variants.at(i));
  const algorithms = axes.find(({ key }) => key === 'algorithm')?.values ?? [base.algorithm];
  for (const option of [...Object.keys(base.options), ...axes.map(({ key }) => key).filter(isOfTraining)]) {
    const has = (name: unknown) =>
      name === undefined || Object.hasOwn(ownOptions(String(name), { [option]: 0 }, registry), option);
    if (!algorithms.some(has))
      throw new UsageError(`none of ${algorithms.join(', ')} has the training option "${option}"`);
  }
}

/** @param registry what the names in the plan stand for, but for the arms that are in the plan */
export function variantsOf(plan: SweepPlan, registry: Registry): Variants {
  const values = plan.random ? randomValues(plan, registry) : gridValues(plan, registry);
  const isClear = areNamesClear(plan);
  const configs = new Map<number, TrainConfig>();
  return {
    count: values.count,
    at: (i) => variantOf(plan, i, values.at(i), isClear),
    configOf(variant) {
      const known = configs.get(variant.index);
      if (known) return known;
      const config = configOf(plan, registry, variant);
      if (configs.size < mostKept) configs.set(variant.index, config);
      return config;
    },
  };
}

/** Configurations that are kept, so that the seeds of a variant share one: of more, the memory would be better spent otherwise. */
const mostKept = 500;

interface ValueList {
  readonly count: number;
  at(index: number): Values;
}

/** Every combination, the last axis changing fastest. */
function gridValues({ axes, base }: SweepPlan, registry: Registry): ValueList {
  const applies = applicability(base, registry);
  const total = axes.reduce((product, { values }) => product * values.length, 1);
  const strides = axes.map((_, k) => axes.slice(k + 1).reduce((product, { values }) => product * values.length, 1));
  const indexAt = (place: number, k: number) => Math.floor(place / strides[k]) % axes[k].values.length;
  const valuesAt = (place: number): Values =>
    Object.fromEntries(axes.map(({ key, values }, k) => [key, values[indexAt(place, k)]]));
  const chooser = axes.findIndex(({ key }) => key === 'algorithm');
  const places: number[] = [];
  for (let place = 0; place < total; place++) {
    const algorithm = chooser < 0 ? undefined : axes[chooser].values[indexAt(place, chooser)];
    // Of values that change nothing, the first stands for all.
    if (axes.every(({ key }, k) => indexAt(place, k) === 0 || applies(key, algorithm))) places.push(place);
  }
  return { count: places.length, at: (i) => applicable(valuesAt(places[i]), applies) };
}

/** After so many draws in a row of what was drawn before, there is hardly anything else. */
const mostRepeats = 1000;

/** Draws that differ: so many as were asked for, or all that there are. */
function randomValues({ axes, base, random }: SweepPlan, registry: Registry): ValueList {
  const applies = applicability(base, registry);
  const { draws, seed } = random as NonNullable<SweepPlan['random']>;
  const draw = (number: number) => {
    const source = stream(seed, 'search', number);
    return applicable(Object.fromEntries(axes.map((axis) => [axis.key, drawn(axis, source)])), applies);
  };
  const seen = new Set<string>();
  const numbers: number[] = [];
  for (let number = 0, repeats = 0; numbers.length < draws && repeats < mostRepeats; number++) {
    const key = JSON.stringify(draw(number));
    repeats = seen.has(key) ? repeats + 1 : 0;
    if (!repeats) numbers.push(number);
    seen.add(key);
  }
  return { count: numbers.length, at: (i) => draw(numbers[i]) };
}

/** Whether an option means something for the algorithm that is chosen, if one is. */
type Applies = (key: string, algorithm?: OptionValue) => boolean;

/** The values that mean something for the algorithm: the others would change nothing. */
function applicable(values: Values, applies: Applies): Values {
  return Object.fromEntries(Object.entries(values).filter(([key]) => applies(key, values.algorithm)));
}

/** Without a name it is the environment's usual algorithm, which the configuration tells; so it does of an option that there is not. */
function applicability(base: Names, registry: Registry): Applies {
  const all = allOptions(registry);
  const known = new Map<string, Readonly<Record<string, unknown>>>();
  return (key, chosen) => {
    const algorithm = chosen ?? base.algorithm;
    if (algorithm === undefined || !isOfTraining(key)) return true;
    const name = String(algorithm);
    const own = known.get(name) ?? ownOptions(name, all, registry);
    known.set(name, own);
    return Object.hasOwn(own, key);
  };
}

function isOfTraining(key: string): boolean {
  return !isNamed(key) && !key.includes('.');
}

/** Whether no two variants whose values are joined by `_` come to one name, as `a_b` with `c` and `a` with `b_c` would. */
function areNamesClear({ axes }: SweepPlan): boolean {
  const joined = axes.filter(({ values }) => values.some((value) => String(value).includes('_')));
  // A value such as `a_gamma=1` looks like two, of which the second is not there for every algorithm.
  return joined.length < 2 && !joined.some(({ values }) => values.some((value) => /_.*=/.test(String(value))));
}

function variantOf({ axes, seeds }: SweepPlan, index: number, values: Values, isClear: boolean): Variant {
  const parts = axes
    .filter(({ key }) => Object.hasOwn(values, key))
    .map(({ key }) => (isSpokenFor(key) ? String(values[key]) : `${key}=${values[key]}`));
  const [label, plain] = [parts.join(' ') || 'all', parts.join('_') || 'all'];
  const isPlain = /^(?!variant-\d+$)[A-Za-z][\w.=+-]*$/.test(plain);
  const isShort = plain.length + String(seeds.at(-1)).length < mostOfName;
  return { index, values, label, name: isClear && isPlain && isShort ? plain : `variant-${index + 1}` };
}

/** A name of a folder that is longer is refused by some disks, and read by nobody. */
const mostOfName = 100;

/** Keys whose values say what they are of. */
function isSpokenFor(key: string): boolean {
  return isNamed(key) && key !== 'steps' && key !== 'randomize';
}

function configOf(plan: SweepPlan, registry: Registry, { label, values }: Variant): TrainConfig {
  const names = namesOf(plan.base, values);
  const { env, algorithm, arm, reward, backend, randomize, steps, set } = names;
  if (env === undefined) throw new UsageError('expected an environment: --env names one, or --vary env=.. several');
  const settings = Object.fromEntries(Object.entries(set).map(([key, value]) => [key, String(value)]));
  const motors = motorSettings(settings);
  const robot = arm !== undefined && Object.hasOwn(plan.robots, arm) ? plan.robots[arm] : undefined;
  if (Object.keys(motors).length && !robot) {
    throw new UsageError(`${Object.keys(motors)[0]} is of a robot file: name one, as --arm ./robot.urdf`);
  }
  const options = algorithm === undefined ? names.options : ownOptions(algorithm, names.options, registry);
  const given = { ...taskSettings(settings), ...(reward === undefined ? {} : { reward }) };
  try {
    if (steps !== undefined && !(Number.isSafeInteger(steps) && steps >= 1)) {
      throw new UsageError(`steps: expected an integer of at least 1, found ${steps}`);
    }
    return configureNewTraining(
      {
        env,
        arm: robot ? withMotorSettings(robot, motors) : arm,
        envOptions: given,
        dynamics: randomize,
        algorithm,
        backend,
        steps,
        options,
      },
      registry,
    );
  } catch (error) {
    if (!(error instanceof UsageError) || plan.isComparison || !Object.keys(values).length) throw error;
    throw new UsageError(`${label}: ${error.message}`, { cause: error });
  }
}

/** The base with the values in their places. */
function namesOf(base: Names, values: Values): Names {
  const entries = Object.entries(values);
  const bare = (of: (key: string) => boolean, cut = 0) =>
    Object.fromEntries(entries.filter(([key]) => of(key)).map(([key, value]) => [key.slice(cut), value]));
  const isSet = (key: string) => key.startsWith('set.');
  return {
    ...base,
    ...bare(isNamed),
    set: { ...base.set, ...bare(isSet, 'set.'.length), ...bare((key) => key.startsWith('motors.')) },
    options: { ...base.options, ...bare(isOfTraining) },
  };
}
