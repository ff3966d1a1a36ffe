import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { resolveOptions } from '../../envs/options.ts';
import type { TaskDefinition } from '../../envs/task.ts';
import { backends } from '../policy/network/index.ts';
import { taskSettings } from '../robots/motor-settings.ts';
import { type RunPlan, usualCheckpointEvery } from '../run/plan.ts';
import { usualRecordingsBudget } from '../run/recordings.ts';
import {
  algorithmOptions,
  allOptions,
  builtIn,
  checkBackend,
  configureNewTraining,
  configureTraining,
  ownOptions,
} from '../train/config.ts';
import { trainOptions } from '../train/options.ts';
import type { Registry } from '../train/registry.ts';
import { addOptions, integer, keyValue, valuesOf } from './command.ts';
import { armIn, type ModuleFlags, nameIn } from './modules.ts';
import { addRandomizeFlag } from './randomize-flag.ts';
import { addRobotFlags } from './robot-flags.ts';

/** The command line of a command that trains. */
export interface TrainingFlags extends ModuleFlags {
  readonly backend?: string;
  readonly seed?: number;
  readonly reward?: string;
  readonly randomize?: string;
  readonly steps?: number;
  readonly iterations?: number;
  readonly untilSolved?: boolean;
  readonly checkpointEvery?: number;
  readonly workers?: number;
  readonly recordingsBudget?: number;
  readonly tensorboard?: boolean;
  readonly watch?: boolean;
  readonly out?: string;
  readonly set?: Readonly<Record<string, string>>;
  readonly fork?: boolean;
  readonly json?: boolean;
  readonly [option: string]: unknown;
}

/** One thread a core; batches of the usual size are too small for more than a few. */
const usualWorkers = Math.min(availableParallelism(), 8);

const backendNames = [...Object.keys(backends), 'auto'];

/** The default of an option for every algorithm that has it. */
function defaultsOf(name: string, { algorithms }: Registry): string {
  return Object.values(algorithms)
    .filter(({ options }) => Object.hasOwn(options, name))
    .map((algorithm) => `${algorithm.name} ${algorithm.options[name].default}`)
    .join(', ');
}

/** The tasks that are learned by REINFORCE where nothing else is said. */
function byReinforce({ tasks }: Registry): string[] {
  const isSo = (task: TaskDefinition) =>
    task.defaults?.(resolveOptions(task.options, {}, task.name), false).algorithm === 'reinforce';
  return Object.values(tasks)
    .filter(isSo)
    .map(({ name }) => name);
}

/** @param registry with the algorithms whose options the command has */
export function addTrainingOptions(command: Command, registry: Registry): void {
  const names = Object.keys(registry.algorithms).join(', ');
  command
    .option('--fork', 'start a new run from a run with other options, or made by another version')
    .option(
      '--algorithm <name>',
      `learning algorithm (${names}), or a module of your own [ppo; reinforce for ${byReinforce(registry).join(', ')}, where nothing is drawn]`,
    )
    .option('--seed <integer>', 'seed of the whole run [0]', integer(0))
    .option(
      '--arm <name>',
      "robot arm, a module of your own or a robot file, as ./so101.urdf; the environment's own if not given",
    )
    .option('--task <file>', "with a run that is gone on from: its task's module, where the run does not find it")
    .option('--reward <name>', 'dense, sparse or shaped, where the environment has them')
    .option('--steps <integer>', "training steps; the environment's budget if not given", integer(1))
    .option('--iterations <integer>', 'stop after so many iterations', integer(1))
    .option('--until-solved', 'stop once 98 % of the held-out goals are reached at three evaluations in a row')
    .option('--checkpoint-every <integer>', `iterations between checkpoints [${usualCheckpointEvery}]`, integer(1))
    .option('--out <folder>', 'folder of the run; runs/<env>-s<seed> if not given')
    .option('--set <key=value>', "set an option of the environment, or a robot file's motors.* (repeatable)", keyValue)
    .option(
      '--workers <integer>',
      'threads that simulate; no result depends on it [one a core, at most 8]',
      integer(1, 64),
    )
    .option(
      '--recordings-budget <MB>',
      `what the recordings over training time may come to, which are thinned evenly beyond [${usualRecordingsBudget / 1e6}]`,
      integer(1, 1e9),
    )
    .option(
      '--backend <name>',
      `what the networks are trained on (${backendNames.join(', ')}: the fastest here) [wasm]`,
    )
    .option('--tensorboard', "write the metrics for TensorBoard too, into the run's folder")
    .option('--watch', 'show the run in the browser as it learns; with --json, print the address of its page alone')
    .option('--json', 'print JSON lines instead of a display');
  addRandomizeFlag(command, 'draw the physics of every episode, of training and of its evaluations');
  addRobotFlags(command);
  addOptions(command, trainOptions, 'train');
  addOptions(command, algorithmOptions(registry), 'train', (name) => defaultsOf(name, registry));
}

/**
 * The plan that a command line describes.
 * @param registry what the names on it stand for
 * @param base a plan whose values hold for what is not given; without, the defaults do
 * @throws UsageError for an unknown name or a value out of range
 */
export function planFrom(env: string, flags: TrainingFlags, registry: Registry = builtIn, base?: RunPlan): RunPlan {
  const { config, limits } = base ?? {};
  const reward = flags.reward === undefined ? {} : { reward: flags.reward };
  const arm = armIn(flags.arm, registry);
  const algorithm = flags.algorithm ? nameIn('algorithms', flags.algorithm, registry) : config?.algorithm;
  const before = config && ownOptions(algorithm ?? config.algorithm, config.options, registry);
  if (flags.backend !== undefined) checkBackend(flags.backend, backendNames);
  const configure = base ? configureTraining : configureNewTraining;
  return {
    config: configure(
      {
        env: nameIn('tasks', env, registry),
        arm: arm ?? config?.env.robot ?? config?.env.arm,
        dynamics: flags.randomize ?? config?.env.dynamics,
        envOptions: { ...config?.env.options, ...taskSettings(flags.set), ...reward },
        algorithm,
        backend: flags.backend === 'auto' ? config?.backend : (flags.backend ?? config?.backend),
        seed: flags.seed ?? config?.seed,
        steps: flags.steps ?? config?.steps,
        options: { ...before, ...valuesOf(allOptions(registry), flags) },
      },
      registry,
    ),
    limits: {
      iterations: flags.iterations ?? limits?.iterations ?? null,
      untilSolved: flags.untilSolved ?? limits?.untilSolved ?? false,
    },
    checkpointEvery: flags.checkpointEvery ?? base?.checkpointEvery ?? usualCheckpointEvery,
    fork: base?.fork ?? null,
  };
}

/** Those of the options that leave no trace in the run. */
export interface RuntimeOptions {
  readonly json: boolean;
  /** Threads that simulate, in all. */
  readonly workers: number;
  /** Bytes. */
  readonly recordingsBudget?: number;
  readonly tensorboard?: boolean;
  /** Whether the run is shown in a browser. */
  readonly watch?: boolean;
}

export function runtimeOptionsOf(flags: TrainingFlags): RuntimeOptions {
  const { json = false, workers = usualWorkers, recordingsBudget = usualRecordingsBudget / 1e6 } = flags;
  const { tensorboard, watch } = flags;
  return { json, workers, recordingsBudget: 1e6 * recordingsBudget, tensorboard, watch };
}
