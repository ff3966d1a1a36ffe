import { resolveOptions, UsageError } from '../../envs/options.ts';
import { configureEnv } from '../../envs/sim/env.ts';
import { tasks } from '../../envs/tasks/index.ts';
import type { EnvConfig, Option, OptionValue } from '../../envs/types.ts';
import { algorithms } from '../algorithms/index.ts';
import type { AlgorithmEntry } from '../algorithms/types.ts';
import { baselines } from '../baselines/index.ts';
import { distributions } from '../policy/distributions/index.ts';
import { backends, defaultBackend } from '../policy/network/index.ts';

type Options = Readonly<Record<string, OptionValue>>;

/** All that determines a training run, with the seed; the worker count and the terminal are not among it. */
export interface TrainConfig {
  readonly env: EnvConfig;
  readonly algorithm: string;
  /** What the networks are trained on. */
  readonly backend: string;
  /** Integer in [0, 2^53). */
  readonly seed: number;
  /** Training steps to spend. */
  readonly steps: number;
  /** `trainOptions` and the algorithm's own. */
  readonly options: Options;
}

/** What every algorithm shares: how batches are made, judged and fed to the policy. */
export const trainOptions: readonly Option[] = [
  {
    name: 'policy',
    default: 'diagonal',
    choices: Object.keys(distributions),
    description: 'family of action distributions',
  },
  { name: 'initialLogSigma', default: -0.5, low: -10, high: 5, description: 'log sigma of the first policy' },
  { name: 'hiddenWidth', default: 64, low: 1, high: 4096, integer: true, description: 'units in a hidden layer' },
  { name: 'hiddenLayers', default: 2, low: 0, high: 16, integer: true, description: 'hidden layers of the network' },
  {
    name: 'batch',
    default: 1000,
    low: 1,
    high: 1e7,
    integer: true,
    description: 'training steps per iteration, at least',
  },
  {
    name: 'batchEpisodes',
    default: 0,
    low: 0,
    high: 1e6,
    integer: true,
    description: 'episodes per iteration, instead of steps, where not 0',
  },
  {
    name: 'divide',
    default: 'steps',
    choices: ['steps', 'episodes', 'batch'],
    description: "what the gradient's sum is divided by: the steps or episodes there are, or the batch asked for",
  },
  { name: 'gamma', default: 0.9, low: 0, high: 1, description: 'discount' },
  {
    name: 'discountWeighting',
    default: false,
    description: 'weigh step t by gamma^t, as the gradient of the discounted objective does',
  },
  {
    name: 'returns',
    default: 'to-go',
    choices: ['to-go', 'full'],
    description: 'credit an action with what follows it, or with the whole episode',
  },
  {
    name: 'baseline',
    default: 'linear',
    choices: Object.keys(baselines),
    description: 'what is subtracted from the return',
  },
  {
    name: 'advantage',
    default: 'monte-carlo',
    choices: ['monte-carlo', 'td', 'gae', 'n-step'],
    description: 'return less baseline, one-step temporal difference, GAE, or n steps and the value after them',
  },
  { name: 'lambda', default: 0.95, low: 0, high: 1, description: 'lambda of gae' },
  { name: 'nSteps', default: 5, low: 1, high: 1e6, integer: true, description: 'n of n-step' },
  { name: 'standardize', default: true, description: 'scale the advantages of a batch to mean 0 and deviation 1' },
  {
    name: 'bootstrap',
    default: true,
    description: 'continue the return past the time limit by the value of the last state, where the baseline knows it',
  },
  { name: 'reuse', default: 0, low: 0, high: 1000, integer: true, description: 'earlier batches to use again' },
  {
    name: 'importance',
    default: 'truncated',
    choices: ['trajectory', 'per-decision', 'truncated'],
    description: 'weight of a reused step: ratio of the whole episode, up to the step, or of the step alone',
  },
  { name: 'ratioLimit', default: 0, low: 0, high: 1e6, description: 'cut importance weights off here, where not 0' },
  { name: 'selfNormalize', default: false, description: 'divide importance weights by their mean' },
  {
    name: 'evalEvery',
    default: 1500,
    low: 1,
    high: 1e9,
    integer: true,
    description: 'evaluate at least once in so many training steps (or every iteration, if a batch is larger)',
  },
];

/** Defaults that suit an environment, or one of its rewards, better than the general ones. */
interface Preset {
  readonly envs: readonly string[];
  readonly reward?: string;
  /** For the algorithm of that name, or for all. */
  readonly options: Readonly<Record<string, Options>>;
}

const presets: readonly Preset[] = [
  {
    envs: ['reacher'],
    options: {
      all: { batch: 2000, gamma: 0.93, baseline: 'value', evalEvery: 20000 },
      // The control cost makes sigma small, and ten epochs of the general step then leave the clipped region far behind.
      ppo: { learningRate: 0.001 },
      a2c: { batch: 500, advantage: 'gae', learningRate: 0.003 },
    },
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
export function presetOf({ env, options }: Pick<EnvConfig, 'env' | 'options'>, algorithm: string): Options {
  const fitting = presets.filter(({ envs, reward }) => envs.includes(env) && (!reward || reward === options.reward));
  return Object.assign({}, ...fitting.map((preset) => ({ ...preset.options.all, ...preset.options[algorithm] })));
}

/** The options of an algorithm in an environment, with the defaults that hold there. */
export function optionsFor(
  env: Pick<EnvConfig, 'env' | 'options'>,
  { name, options, defaults }: AlgorithmEntry,
): Option[] {
  const suited: Options = { ...defaults, ...presetOf(env, name) };
  return [...trainOptions, ...options].map((option) => ({ ...option, default: suited[option.name] ?? option.default }));
}

/**
 * A checked configuration with every default filled in.
 * @throws UsageError for an unknown name or a value out of range
 */
export function configureTraining(given: {
  readonly env: string;
  readonly arm?: string;
  readonly envOptions?: Readonly<Record<string, unknown>>;
  readonly algorithm?: string;
  readonly backend?: string;
  readonly seed?: number;
  readonly steps?: number;
  readonly options?: Readonly<Record<string, unknown>>;
}): TrainConfig {
  const env = configureEnv(given.env, { arm: given.arm, options: given.envOptions });
  const algorithm = given.algorithm ?? 'reinforce';
  if (!Object.hasOwn(algorithms, algorithm)) {
    throw new UsageError(`unknown algorithm "${algorithm}"; there are: ${Object.keys(algorithms).join(', ')}`);
  }
  if (given.backend !== undefined) checkBackend(given.backend);
  return trainingOf(env, algorithms[algorithm], { ...given, steps: given.steps ?? tasks[env.env].budget });
}

/** @throws UsageError unless it is one of the names, which are those of all backends if not given */
export function checkBackend(backend: string, names: readonly string[] = Object.keys(backends)): void {
  if (!names.includes(backend)) throw new UsageError(`unknown backend "${backend}"; there are: ${names.join(', ')}`);
}

/** The same where environment and algorithm are at hand. */
export function trainingOf(
  env: EnvConfig,
  algorithm: AlgorithmEntry,
  given: {
    readonly backend?: string;
    readonly seed?: number;
    readonly steps: number;
    readonly options?: Readonly<Record<string, unknown>>;
  },
): TrainConfig {
  const owner = `train ${env.env} by ${algorithm.name}`;
  const options = resolveOptions(optionsFor(env, algorithm), given.options ?? {}, owner);
  checkTogether(options);
  const { backend = defaultBackend.name, seed = 0, steps } = given;
  return { env, algorithm: algorithm.name, backend, seed, steps, options };
}

/** Options that make no sense together. */
function checkTogether({ advantage, baseline, returns, importance, reuse }: Options): void {
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
