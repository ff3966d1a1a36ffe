import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import type { Option } from '../../envs/types.ts';
import { algorithms } from '../algorithms/index.ts';
import { backends } from '../policy/network/index.ts';
import { createHands } from '../rollout/workers/hands.ts';
import type { RunPlan } from '../run/folder.ts';
import { checkBackend, configureTraining, optionsFor, type TrainConfig, trainOptions } from '../train/config.ts';
import { addOptions, integer, keyValue, valuesOf } from './options.ts';
import type { RuntimeOptions } from './training.ts';

/** What a command that trains is told. */
export interface Given {
  readonly algorithm?: string;
  readonly backend?: string;
  readonly seed?: number;
  readonly arm?: string;
  readonly reward?: string;
  readonly steps?: number;
  readonly iterations?: number;
  readonly untilSolved?: boolean;
  readonly checkpointEvery?: number;
  readonly workers?: number;
  readonly out?: string;
  readonly set?: Readonly<Record<string, string>>;
  readonly fork?: boolean;
  readonly json?: boolean;
  readonly [option: string]: unknown;
}

const usualCheckpointEvery = 10;

/** One thread a core; batches of the usual size are too small for more than a few. */
const usualWorkers = Math.min(availableParallelism(), 8);

const backendNames = [...Object.keys(backends), 'auto'];

/** The options of all algorithms, each once. */
const algorithmOptions = Object.values(algorithms)
  .flatMap((algorithm) => algorithm.options)
  .filter((option, i, all) => all.findIndex(({ name }) => name === option.name) === i);

/** The default of an option for every algorithm that has it. */
function defaultsOf({ name }: Option): string {
  const own = Object.values(algorithms).flatMap(({ name: algorithm, options }) =>
    options.filter((option) => option.name === name).map((option) => `${algorithm} ${option.default}`),
  );
  return own.join(', ');
}

export function addTrainingOptions(command: Command): void {
  command
    .option('--algorithm <name>', `learning algorithm (${Object.keys(algorithms).join(', ')}) [reinforce]`)
    .option('--seed <integer>', 'seed of the whole run [0]', integer(0))
    .option('--arm <name>', "robot arm; the environment's own if not given")
    .option('--reward <name>', 'dense or sparse, where the environment has both')
    .option('--steps <integer>', "training steps; the environment's budget if not given", integer(1))
    .option('--iterations <integer>', 'stop after so many iterations', integer(1))
    .option('--until-solved', 'stop once 98 of 100 held-out goals are reached at three evaluations in a row')
    .option('--checkpoint-every <integer>', `iterations between checkpoints [${usualCheckpointEvery}]`, integer(1))
    .option('--out <folder>', 'folder of the run; runs/<env>-s<seed> if not given')
    .option('--set <key=value>', 'set an option of the environment (repeatable)', keyValue)
    .option(
      '--workers <integer>',
      'threads that simulate and compute gradients; no result depends on it [one a core, at most 8]',
      integer(1, 64),
    )
    .option(
      '--backend <name>',
      `what the networks are trained on (${backendNames.join(', ')}: the fastest here) [wasm]`,
    )
    .option('--json', 'print JSON lines instead of a display');
  addOptions(command, trainOptions, 'train');
  addOptions(command, algorithmOptions, 'train', defaultsOf);
}

/**
 * What is asked for; what is not given is as it was before, or the default.
 * @throws UsageError for an unknown name or a value out of range
 */
export function planFrom(env: string, given: Given, before?: RunPlan): RunPlan {
  const reward = given.reward === undefined ? {} : { reward: given.reward };
  const algorithm = given.algorithm ?? before?.config.algorithm;
  if (given.backend !== undefined) checkBackend(given.backend, backendNames);
  const config = configureTraining({
    env,
    arm: given.arm ?? before?.config.env.arm,
    envOptions: { ...before?.config.env.options, ...given.set, ...reward },
    algorithm,
    backend: given.backend === 'auto' ? before?.config.backend : (given.backend ?? before?.config.backend),
    seed: given.seed ?? before?.config.seed,
    steps: given.steps ?? before?.config.steps,
    options: { ...ownOptions(algorithm, before?.config), ...valuesOf([...trainOptions, ...algorithmOptions], given) },
  });
  return {
    config,
    limits: {
      iterations: given.iterations ?? before?.limits.iterations ?? null,
      untilSolved: given.untilSolved ?? before?.limits.untilSolved ?? false,
    },
    checkpointEvery: given.checkpointEvery ?? before?.checkpointEvery ?? usualCheckpointEvery,
    fork: before?.fork ?? null,
  };
}

/** How to go about it, which leaves no trace in the run. */
export function runtimeOptionsOf({ json, workers = usualWorkers }: Given): RuntimeOptions {
  return { json: json ?? false, workers, hands: createHands(workers) };
}

/** The options of a configuration, as far as the algorithm has them. */
function ownOptions(algorithm: string | undefined, config: TrainConfig | undefined): TrainConfig['options'] {
  if (!config || algorithm === undefined || !Object.hasOwn(algorithms, algorithm)) return {};
  const names = optionsFor(config.env, algorithms[algorithm]).map(({ name }) => name);
  return Object.fromEntries(Object.entries(config.options).filter(([name]) => names.includes(name)));
}
