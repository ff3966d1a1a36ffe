import { arms } from '../../envs/arms/index.ts';
import type { DynamicsRanges } from '../../envs/dynamics/ranges.ts';
import type { Env } from '../../envs/env.ts';
import { DefinitionError } from '../../envs/model/definition-error.ts';
import type { Arm } from '../../envs/model/types.ts';
import {
  type Options,
  type OptionValues,
  resolveOptions,
  UsageError,
  type Values,
  withDefaults,
} from '../../envs/options.ts';
import { budgetOf } from '../../envs/task.ts';
import { configureEnv, envOf, tasks } from '../../envs/tasks/index.ts';
import { algorithms } from '../algorithms/index.ts';
import type { Algorithm, AlgorithmFactory, ConfiguredAlgorithm } from '../algorithms/types.ts';
import { baselines } from '../baselines/index.ts';
import { distributions } from '../policy/distributions/index.ts';
import { backends, defaultBackend } from '../policy/network/index.ts';
import type { NetBackend } from '../policy/network/types.ts';
import type { BaselineChoice, PolicyChoice } from './choices.ts';
import { defaultsIn, type Suited, usualAlgorithm } from './defaults.ts';
import { checkEase } from './ease.ts';
import { createLearner, type Learner } from './learner.ts';
import { type TrainOptions, trainOptions } from './options.ts';
import type { FindRegistry, ModuleSource, Registry } from './registry.ts';
import type { TrainConfig, Training } from './training.ts';

/** Where names become objects: what a command line or a file says of a training run, checked and looked up. */

/** What ships. */
export const builtIn: Registry = {
  tasks,
  arms,
  algorithms,
  modules: { tasks: {}, arms: {}, algorithms: {} },
  sources: [],
  robots: {},
};

/** Knows no module: for files that name none. */
export const findBuiltIn: FindRegistry = async () => builtIn;

/**
 * A checked configuration with every default filled in.
 * @throws UsageError for an unknown name or a value out of range
 */
export function configureTraining(given: TrainingNames, registry: Registry = builtIn): TrainConfig {
  const { algorithms, modules, tasks } = registry;
  const { arm, envOptions, dynamics } = given;
  const env = envOf(configureEnv(given.env, { arm, options: envOptions, dynamics }, registry), registry);
  const algorithm = given.algorithm ?? usualAlgorithm(env);
  if (!Object.hasOwn(algorithms, algorithm)) {
    throw new UsageError(`unknown algorithm "${algorithm}"; there are: ${Object.keys(algorithms).join(', ')}`);
  }
  if (given.backend !== undefined) checkBackend(given.backend);
  const config = configFor(env, algorithms[algorithm], {
    ...given,
    steps: given.steps ?? budgetOf(tasks[given.env], env.config.options),
  });
  const module = modules.algorithms[algorithm];
  return module ? { ...config, modules: { algorithm: module } } : config;
}

/** The same for a run that begins: options of its environment that are not given are those that the task is learned by. */
export function configureNewTraining(given: TrainingNames, registry: Registry = builtIn): TrainConfig {
  const envOptions = { ...trainingOptionsOf(given.env, registry), ...given.envOptions };
  return configureTraining({ ...given, envOptions }, registry);
}

/** The options of an environment that a new training run has where it is not told otherwise. */
export function trainingOptionsOf(env: string, { tasks }: Pick<Registry, 'tasks'> = builtIn): OptionValues {
  return (Object.hasOwn(tasks, env) && tasks[env].training) || {};
}

/** A training run by name. */
export interface TrainingNames {
  readonly env: string;
  readonly arm?: string | Arm;
  readonly envOptions?: Readonly<Record<string, unknown>>;
  readonly dynamics?: DynamicsRanges | string;
  readonly algorithm?: string;
  readonly backend?: string;
  readonly seed?: number;
  readonly steps?: number;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** @throws UsageError unless it is one of the names, which are those of all backends if not given */
export function checkBackend(backend: string, names: readonly string[] = Object.keys(backends)): void {
  if (!names.includes(backend)) throw new UsageError(`unknown backend "${backend}"; there are: ${names.join(', ')}`);
}

/** What a run of an algorithm in an environment is given beside the two. */
interface RunSettings {
  readonly backend?: string;
  readonly seed?: number;
  readonly steps: number;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** The same where environment and algorithm are at hand. */
export function configFor(
  env: Suited,
  algorithm: AlgorithmFactory,
  { backend = defaultBackend.name, seed = 0, steps, options = {} }: RunSettings,
): TrainConfig {
  const all = optionsFor(env, algorithm);
  const isOwnAdvantage = all.advantage.default !== trainOptions.advantage.default;
  const given = isOwnAdvantage || options.advantage !== undefined ? options : { ...options, ...advantageFor(options) };
  const values = resolveOptions(all, given, `train ${env.config.env} by ${algorithm.name}`);
  checkTogether(ofOptions(trainOptions, values));
  return { env: env.config, algorithm: algorithm.name, backend, seed, steps, options: values };
}

/** The advantage that goes with other options, where the usual one does not: it needs values of states, and returns to go. */
function advantageFor({ baseline, returns, reuse, importance }: Readonly<Record<string, unknown>>): OptionValues {
  const isValueless = baseline === 'none' || baseline === 'mean' || baseline === 'per-step';
  const needsReturns = returns === 'full' || (Number(reuse) > 0 && importance === 'per-decision');
  return isValueless || needsReturns ? { advantage: 'monte-carlo' } : {};
}

/** The options of training and of an algorithm, with the defaults that hold in an environment. */
export function optionsFor(env: Suited, algorithm: Pick<AlgorithmFactory, 'name' | 'options' | 'defaults'>): Options {
  return withDefaults({ ...trainOptions, ...algorithm.options }, defaultsIn(env, algorithm));
}

/** The options of all algorithms, in their order; one that several have is that of the first. */
export function algorithmOptions({ algorithms }: Pick<Registry, 'algorithms'>): Options {
  const lists = Object.values(algorithms).map(({ options }) => options);
  return Object.assign({}, ...lists, ...lists.toReversed());
}

/** All that a run of training can be told. */
export function allOptions(registry: Pick<Registry, 'algorithms'>): Options {
  return { ...trainOptions, ...algorithmOptions(registry) };
}

/** Those among options of training that the algorithm of this name has. */
export function ownOptions<T>(
  algorithm: string,
  options: Readonly<Record<string, T>>,
  { algorithms }: Pick<Registry, 'algorithms'> = builtIn,
): Record<string, T> {
  const own = { ...trainOptions, ...(Object.hasOwn(algorithms, algorithm) && algorithms[algorithm].options) };
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(own, name)));
}

/** The values that are those of some options. */
function ofOptions<S extends Options>(options: S, values: OptionValues): Values<S> {
  return Object.fromEntries(Object.keys(options).map((name) => [name, values[name]])) as Values<S>;
}

/** What a configuration names, but for what is at hand. */
export interface AtHand {
  /** What its names stand for, if not all of it ships. */
  readonly registry?: Registry;
  readonly env?: Env;
  readonly algorithm?: AlgorithmFactory;
  /** What the configuration names as its backend, if the learner is to learn; to act, any will do. */
  readonly backend?: NetBackend;
}

export function trainingOf(config: TrainConfig, atHand: AtHand = {}): Training {
  const { registry = builtIn, backend = defaultBackend } = atHand;
  const { env = envOf(config.env, registry), algorithm = registry.algorithms[config.algorithm] } = atHand;
  const options = ofOptions(trainOptions, config.options);
  const own = ofOptions(algorithm.options, config.options);
  checkEase(env, options);
  return {
    config,
    env,
    createAlgorithm: (policy) => checkedAlgorithm(algorithm.create(policy, own, config.seed), config.algorithm),
    distribution: distributions[options.policy],
    baseline: baselines[options.baseline],
    backend,
    options,
    sources: registry.sources,
  };
}

/** @throws DefinitionError for what a stranger's `create` returns in the place of an algorithm */
function checkedAlgorithm(algorithm: Algorithm, name: string): Algorithm {
  const { update, state }: Partial<Algorithm> = algorithm ?? {};
  const isWhole = typeof update === 'function' && typeof state === 'object' && state !== null;
  if (isWhole && Object.values(state).every((array) => array instanceof Float64Array)) return algorithm;
  throw new DefinitionError(
    `algorithm ${name}: create has to return { update, state }, with state the Float64Arrays that it carries from one update to the next`,
  );
}

/** The learner that a configuration describes, before its first step. */
export function learnerOf(config: TrainConfig, atHand?: AtHand): Learner {
  return createLearner(trainingOf(config, atHand));
}

/** A training run by objects. Options that are not given are the algorithm's and the environment's defaults. */
export interface TrainingObjects {
  readonly env: Env;
  readonly algorithm: ConfiguredAlgorithm;
  /** Training steps to spend. */
  readonly steps: number;
  readonly policy?: PolicyChoice;
  readonly baseline?: BaselineChoice;
  /** Integer in [0, 2^53); 0 if not given. */
  readonly seed?: number;
  readonly backend?: NetBackend;
  /** Options of training; policy and baseline, where they are given as well, count more. */
  readonly options?: Partial<TrainOptions>;
}

/**
 * Training from objects: `training({ env, algorithm: ppo({ epsilon: 0.1 }), steps: 60_000 })`.
 * @param sources modules that other threads import to have the same environment
 * @throws UsageError for a value out of range
 */
export function training(given: TrainingObjects, sources: readonly ModuleSource[] = []): Training {
  const { env, steps, seed, backend, policy, baseline } = given;
  const { algorithm, options } = given.algorithm;
  const chosen = { ...given.options, ...policy, ...baseline };
  // Those of the algorithm are chosen where it is named.
  resolveOptions(trainOptions, chosen, `train ${env.config.env} by ${algorithm.name}`);
  const settings = { steps, seed, backend: backend?.name, options: { ...chosen, ...options } };
  const made = trainingOf(configFor(env, algorithm, settings), { env, algorithm, backend });
  return { ...made, sources };
}

/** Options that make no sense together. */
function checkTogether({ advantage, baseline, returns, importance, reuse }: TrainOptions): void {
  if (reuse && (baseline === 'mean' || baseline === 'per-step')) {
    throw new UsageError(
      `baseline "${baseline}" has been fitted to the actions of a reused batch, and cannot judge them: use none, linear or value`,
    );
  }
  if (advantage !== 'monte-carlo' && baseline !== 'linear' && baseline !== 'value') {
    throw new UsageError(
      `advantage "${advantage}" needs the value of a state: use baseline linear or value, not "${baseline}"`,
    );
  }
  if (advantage !== 'monte-carlo' && returns === 'full') {
    throw new UsageError(`returns "full" are for advantage monte-carlo, not "${advantage}"`);
  }
  if (reuse && importance === 'per-decision' && (returns === 'full' || advantage !== 'monte-carlo')) {
    throw new UsageError('importance "per-decision" is for returns to-go and advantage monte-carlo');
  }
}
