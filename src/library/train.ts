import type { DynamicsRanges } from '../../envs/dynamics/ranges.ts';
import type { Env } from '../../envs/env.ts';
import type { Arm, Meshes } from '../../envs/model/types.ts';
import { UsageError } from '../../envs/options.ts';
import type { TaskDefinition } from '../../envs/task.ts';
import { makeEnv } from '../../envs/tasks/index.ts';
import { algorithms } from '../algorithms/index.ts';
import type { ConfiguredAlgorithm } from '../algorithms/types.ts';
import { type RollOut, rollOut } from '../rollout/rollout.ts';
import { encodePolicy } from '../run/encode-policy.ts';
import { provenanceOf, recordingOf } from '../run/recording.ts';
import { type TrainingObjects, training, trainingOptionsOf } from '../train/config.ts';
import { usualAlgorithm } from '../train/defaults.ts';
import { rollOutHeldOut } from '../train/held-out.ts';
import { createLearner, type Learner } from '../train/learner.ts';
import type { ModuleSource } from '../train/registry.ts';
import { type Iteration, trainOn } from '../train/train.ts';
import type { Training } from '../train/training.ts';

/** An environment that other threads can make again: a module whose default export is made by `defineTask`. */
export interface EnvModule {
  /** As `new URL('./push.ts', import.meta.url)`. */
  readonly module: URL;
  /** The name of an arm, the module or the robot file of one, or the arm itself; the task's own if not given. */
  readonly arm?: string | URL | Arm;
  /** Those of the arm itself, as `loadRobot` gives them. */
  readonly meshes?: Meshes;
  /** Values of the task's options. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** What the dynamics of its episodes are drawn from, as `--randomize` has that, or as ranges. */
  readonly dynamics?: DynamicsRanges | string;
}

/** What `train` is given. */
export interface TrainChoice extends Omit<TrainingObjects, 'env' | 'algorithm'> {
  /** An environment, a task, the name of one that ships, or the module of one. */
  readonly env: Env | TaskDefinition | EnvModule | string;
  /** The arm of a task or of a name: the name of one that ships, or the arm itself, as `readUrdf` gives it; the task's own if not given. */
  readonly arm?: string | Arm;
  /** Those of the arm, as `loadRobot` gives them: recordings draw it with them, and by its other shapes without. */
  readonly meshes?: Meshes;
  /** As `ppo({ epsilon: 0.1 })`; `ppo()` if not given, `reinforce()` for panda-reach, panda-reach-joints and reacher. */
  readonly algorithm?: ConfiguredAlgorithm;
  /** Stop once 98 % of the held-out goals (`evalEpisodes`, 100) are reached at three evaluations in a row. */
  readonly untilSolved?: boolean;
  /** Threads that simulate, in all; no result depends on it. More than 1, the default, need a name or a module as `env`. */
  readonly workers?: number;
  /** Ends the training between two iterations: the iterator then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A training run: iterate over it to make it go on. */
export interface TrainingRun extends AsyncIterableIterator<Iteration> {
  /** The policy as it stands, as a policy file. */
  policy(): Promise<Uint8Array<ArrayBuffer>>;
  /** Episodes of the policy as it stands by its mean action, on goals that training does not see, as a rollout file. */
  record(episodes?: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** What differs between a page and Node. */
export interface Platform {
  loadPhysics(): Promise<void>;
  openModule(choice: EnvModule): Promise<{ readonly env: Env; readonly sources: readonly ModuleSource[] }>;
  /** @param threads in all, the calling one among them */
  openWorkers(training: Training, threads: number): Promise<{ readonly rollOut: RollOut; close(): void }>;
}

/** `train` on a platform. */
export function trainOnPlatform(platform: Platform): (choice: TrainChoice) => TrainingRun {
  return (choice) => {
    checkWorkers(choice);
    let made: Promise<Learner> | undefined;
    const learner = () => {
      made ??= makeLearner(platform, choice);
      return made;
    };
    return Object.assign(iterate(platform, choice, learner), {
      policy: async () => encodePolicy(await learner()),
      async record(episodes = 16) {
        const own = await learner();
        return recordingOf(own.env, rollOutHeldOut(own, rollOut, { episodes }), provenanceOf(own));
      },
    });
  };
}

function checkWorkers({ env, workers = 1 }: TrainChoice): void {
  if (!(Number.isInteger(workers) && workers >= 1)) {
    throw new UsageError(`workers must be an integer of at least 1, got ${workers}`);
  }
  if (workers > 1 && typeof env === 'object' && !('module' in env)) {
    const instead = "{ module: new URL('./task.ts', import.meta.url), options }";
    throw new UsageError(`an environment that is an object runs on the calling thread: workers need ${instead} as env`);
  }
}

async function makeLearner(platform: Platform, { env: asked, arm, meshes, algorithm, ...rest }: TrainChoice) {
  await platform.loadPhysics();
  const { env, sources } = await opened(platform, asked, { arm, meshes });
  const chosen = algorithm ?? algorithms[usualAlgorithm(env)]();
  return createLearner(training({ ...rest, env, algorithm: chosen }, sources));
}

async function opened(
  platform: Platform,
  env: TrainChoice['env'],
  { arm, meshes }: Pick<TrainChoice, 'arm' | 'meshes'>,
): ReturnType<Platform['openModule']> {
  if (typeof env === 'string' || (typeof env === 'object' && env !== null && 'create' in env)) {
    const options = typeof env === 'string' ? trainingOptionsOf(env) : env.training;
    return { env: makeEnv(env, { arm, meshes, options }), sources: [] };
  }
  if (typeof env === 'object' && env !== null) {
    if ('module' in env) return platform.openModule({ ...env, arm: arm ?? env.arm, meshes: meshes ?? env.meshes });
    if ('open' in env) {
      if (arm === undefined && meshes === undefined) return { env, sources: [] };
      throw new UsageError('arm is for a task: an environment has one already, by makeEnv(task, { arm, meshes })');
    }
  }
  throw new UsageError(
    'env has to be an environment (makeEnv), a task (defineTask), the name of one, or { module: URL }',
  );
}

async function* iterate(
  platform: Platform,
  { signal, untilSolved = false, workers = 1 }: TrainChoice,
  made: () => Promise<Learner>,
): AsyncGenerator<Iteration, void> {
  signal?.throwIfAborted();
  const learner = await made();
  const pool = await platform.openWorkers(learner.training, workers);
  try {
    for (const iteration of trainOn(learner, { untilSolved }, pool.rollOut)) {
      yield iteration;
      // Signals, clicks and frames come between two turns of the event loop.
      await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
    }
  } finally {
    pool.close();
  }
}
